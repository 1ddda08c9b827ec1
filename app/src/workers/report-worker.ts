import { toldReport } from "../report/report.js";
import { answerAside } from "./answer-aside.js";

await answerAside(toldReport);
