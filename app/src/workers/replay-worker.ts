import { toldReplay } from "../replay/replay.js";
import { answerAside } from "./answer-aside.js";

await answerAside(toldReplay);
