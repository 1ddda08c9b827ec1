import { validationCases } from "@firebreak/engine";
import { answerAside } from "./answer-aside.js";

await answerAside(() => closedFormCases());
