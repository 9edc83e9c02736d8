// Where things of a surface lie on the screen: a box seen from afar, without perspective, from an angle around and above.

const FLATTEST = 0.4; // shortest side of the box beside its longest
const TALL = 0.55; // height of the box beside its longest side
const TURNS = [-35, -55, -15, 35, 55, 15, 125, 145, 160, -125, -145, -160, 105, -105, 75, -75];
const TILTS = [36, 52, 68];
export const TILT = { low: 12, high: 88 };

// The box in the plane with the start inside, and what makes unit coordinates around its middle of x, y and level.
export function boxOf(race) {
  let [[x0, x1], [y0, y1]] = race.landscape.domain;
  const [sx, sy] = race.start;
  [x0, x1, y0, y1] = [Math.min(x0, sx), Math.max(x1, sx), Math.min(y0, sy), Math.max(y1, sy)];
  const longer = Math.max(x1 - x0, y1 - y0);
  const wide = Math.max((x1 - x0) / longer, FLATTEST);
  const deep = Math.max((y1 - y0) / longer, FLATTEST);
  return {
    x0, x1, y0, y1, wide, deep,
    unit: (x, y, level) => [((x - x0) / (x1 - x0) - 0.5) * wide, ((y - y0) / (y1 - y0) - 0.5) * deep, (level - 0.5) * TALL],
    holds: (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1,
  };
}

// turn and tilt in degrees: around from the front (the side of low y), and up from the plane.
export function cameraOf(box, turn, tilt, width, height) {
  const [a, e] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
  const radius = Math.hypot(box.wide, box.deep) / 2;
  const scale = Math.min((width - 96) / (2 * radius), (height - 56) / (2 * radius * se + TALL * ce));
  return {
    turn, tilt, ca, sa,
    rise: Math.tan(e),
    toScreen: ([x, y, z]) => [width / 2 + scale * (x * ca + y * sa), height / 2 - 4 - scale * (z * ce + (y * ca - x * sa) * se)],
  };
}

// Whether nothing of the surface stands between a point and the camera. heightAt(x, y): of the surface, in unit coordinates.
export function isSeen(box, camera, [x, y, z], heightAt) {
  const stride = 0.02;
  const [dx, dy] = [camera.sa * stride, -camera.ca * stride];
  let [px, py, pz] = [x, y, z + 0.006];
  for (let i = 0; i < 80; i += 1) {
    px += dx;
    py += dy;
    pz += camera.rise * stride;
    if (pz > TALL / 2 || Math.abs(px) > box.wide / 2 || Math.abs(py) > box.deep / 2) return true;
    if (heightAt(px, py) > pz) return false;
  }
  return true;
}

// The view from which most of these points are seen: [point, weight].
export function bestView(box, points, heightAt, width, height) {
  let best = null;
  for (const tilt of TILTS) {
    for (const turn of TURNS) {
      const camera = cameraOf(box, turn, tilt, width, height);
      let seen = 0;
      for (const [point, weight] of points) if (isSeen(box, camera, point, heightAt)) seen += weight;
      if (!best || seen > best.seen + 1e-9) best = { seen, turn, tilt };
    }
  }
  return [best.turn, best.tilt];
}
