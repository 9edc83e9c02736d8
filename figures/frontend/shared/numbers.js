// Numbers as people read them, and where the ticks of an axis go.

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export function superscript(exponent) {
  return [...String(exponent)].map((digit) => SUPERSCRIPT[digit]).join("");
}

// Series of a payload are cut here (float32): all that is known is that the number is larger.
export const LARGEST = 3.4e38;

function trim(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function withCommas(text) {
  return text.replace(/^\d{4,}/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

// A whole number of steps, rows or epochs, with all its digits.
export function formatCount(value) {
  return withCommas(String(Math.round(value)));
}

// All that a number of double precision can differ by is within these digits after the first.
const EXACT = 20;
const MOST_DIGITS = 6; // as in numerals.py
const MOST_DECIMALS = 6;

// [mantissa, exponent] of so many digits, a tie to the even one, as Python rounds: 1.125 is 1.12.
function scientific(size, digits) {
  const [exact, power] = size.toExponential(EXACT).split("e");
  const kept = digits + (digits > 1 ? 1 : 0); // with the point
  const isTie = /^\.?50*$/.test(exact.slice(kept));
  if (!isTie || Number(exact[kept - 1]) % 2 === 1) return size.toExponential(digits - 1).split("e");
  return [exact.slice(0, kept), power];
}

// 0.00123, 12.3, 1,230; powers of ten where zeros would pile up; a true minus sign: as numerals.readable writes it.
export function formatNumber(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Math.abs(value) > LARGEST) return value > 0 ? "> 10³⁸" : "< −10³⁸";
  if (value === 0) return "0";
  const sign = value < 0 ? "−" : "";
  const [mantissa, power] = scientific(Math.abs(value), digits);
  const lead = trim(mantissa);
  const exponent = Number(power);
  const decimals = (lead.split(".")[1] ?? "").length - exponent;
  // A readout of more digits has as many zeros before it turns to powers: it would change its form while it moves.
  if (exponent < MOST_DIGITS && decimals <= Math.max(MOST_DECIMALS, digits + 3)) {
    return sign + withCommas(Number(`${lead}e${exponent}`).toFixed(Math.max(0, decimals)));
  }
  return `${sign}${lead === "1" ? "" : `${lead}×`}10${superscript(exponent)}`;
}

export function clamp(value, low, high) {
  return value < low ? low : value > high ? high : value;
}

// 1, 2 or 5 times a power of ten, so that about `count` steps cover `span`.
export function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

// Ticks of a linear axis. Labels that would be too long count from `base`, in units of 10 to the `power`.
export function linearTicks(low, high, count) {
  const step = niceStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.floor(Math.log10(step) + 1e-9);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const far = digits < -3 && size > (high - low) * 100;
  const middle = Math.round((first + last) / 2);
  const base = far ? Number((middle * step).toPrecision(clamp(Math.ceil(Math.log10(size)) - digits, 1, 15))) : 0;
  const power = digits < -3 || size >= 1e6 ? Math.floor(Math.log10(far ? high - low : size)) : 0;
  const decimals = Math.max(0, power - digits);
  const ticks = [];
  for (let i = first; i <= last && ticks.length < 100; i += 1) {
    const shown = ((far ? i - middle : i) * step) / 10 ** power;
    const label = trim(Math.abs(shown).toFixed(decimals));
    ticks.push({ value: i * step, label: label === "0" ? "0" : (shown < 0 ? "−" : "") + withCommas(label) });
  }
  return { ticks, base, power };
}

// The name of an axis with what its labels leave out: x − 3, 10⁻⁶.
export function axisName(name, { base, power }) {
  const from = base ? ` ${base < 0 ? "+" : "−"} ${Math.abs(base)}` : "";
  return `${name}${from}${power ? `, 10${superscript(power)}` : ""}`;
}

// Labels of one logarithmic axis in one form: all plain, or all as powers of ten where one of them needs it. 1 and 10 stand
// as they are.
function inOneForm(values) {
  const plain = values.map((value) => formatNumber(value));
  if (!plain.some((text) => /10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(text))) return plain;
  return values.map((value, i) => {
    if (["0", "1", "10", "−1", "−10"].includes(plain[i])) return plain[i];
    const [lead, power] = Math.abs(value).toExponential().split("e");
    return `${value < 0 ? "−" : ""}${lead === "1" ? "" : `${lead}×`}10${superscript(Number(power))}`;
  });
}

function ticksAt(values) {
  const labels = inOneForm(values);
  return { ticks: values.map((value, i) => ({ value, label: labels[i] })), base: 0 };
}

// Ticks of a logarithmic axis: whole decades, thinned to `count`; 2 and 5 between them where there is room.
export function logTicks(low, high, count) {
  const from = Math.floor(Math.log10(low) + 1e-9);
  const to = Math.ceil(Math.log10(high) - 1e-9);
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const between = to - from <= 1 ? [1, 2, 3, 5] : to - from <= 2 ? [1, 2, 5] : [1];
  const values = [];
  for (let decade = Math.ceil(from / every) * every; decade <= to; decade += every) {
    for (const lead of every === 1 ? between : [1]) {
      const value = Number(`${lead}e${decade}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return ticksAt(values);
}

// A scale takes a value to 0..1 and back. symlog is linear within +-knee and logarithmic beyond.
export function makeScale(kind, low, high, knee = 1) {
  if (kind === "log") {
    const a = Math.log(low);
    const b = Math.log(high) - a || 1;
    return {
      kind,
      low,
      high,
      at: (value) => (value > 0 ? (Math.log(value) - a) / b : -1),
      invert: (part) => Math.exp(a + part * b),
      ticks: (count) => logTicks(low, high, count),
    };
  }
  if (kind === "symlog") {
    const a = Math.asinh(low / knee);
    const b = Math.asinh(high / knee) - a || 1;
    const at = (value) => (Math.asinh(value / knee) - a) / b;
    const ticks = (count) => {
      const decades = [];
      const top = Math.max(Math.abs(low), Math.abs(high));
      for (let power = Math.ceil(Math.log10(knee)); 10 ** power <= top; power += 1) decades.push(power);
      const every = Math.max(1, Math.ceil((2 * decades.length) / Math.max(2, count)));
      const kept = decades.filter((_, i) => (decades.length - 1 - i) % every === 0);
      const values = [0, ...kept.flatMap((power) => [-1, 1].map((sign) => sign * Number(`1e${power}`)))];
      const inside = values.filter((value) => value >= low && value <= high).sort((p, q) => p - q);
      return ticksAt(inside);
    };
    return { kind, low, high, at, invert: (part) => knee * Math.sinh(a + part * b), ticks };
  }
  const span = high - low || 1;
  return {
    kind: "linear",
    low,
    high,
    at: (value) => (value - low) / span,
    invert: (part) => low + part * span,
    ticks: (count) => linearTicks(low, high, count),
  };
}
