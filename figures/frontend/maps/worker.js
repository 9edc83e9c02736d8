// A worker of a map: gets a sheet (what is computed) with pieces of it, and answers each with where paths end.

// All modules are named here so that the browser asks for them together.
import "../race/kernel.js";
import { answerTo } from "./compute.js";
import "./samples.js";
import "./sweep.js";
import "./watch.js";

let waiting = Promise.resolve();
self.onmessage = ({ data }) => {
  waiting = waiting.then(async () => {
    const reply = await answerTo(data);
    self.postMessage(reply, reply.kind ? [reply.kind.buffer, reply.number.buffer, reply.value.buffer] : []);
  });
};
self.postMessage({ ready: true });
