// A question's picture as a component of Streamlit: told is where a hand has pointed.

import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import { mountPredict } from "./predict.js";

export default component(mountPredict, (hooks, { setTriggerValue }) => {
  hooks.onAnswer = (place) => setTriggerValue("answer", place);
});
