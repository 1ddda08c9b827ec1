import type { ReplayTask } from "../../replay/replay.js";
import type { Answer, Workplace } from "../answer.js";
import { dayFile } from "../package-root.js";
import { tellAside } from "../tell-aside.js";

/** `firebreak replay DAY`: observed against modelled. */
export async function runReplay(workplace: Workplace): Promise<Answer> {
  const { call, streams } = workplace;
  const task: ReplayTask = {
    file: dayFile(call.operands[0], streams.cwd()),
    cwd: streams.cwd(),
    named: call.operands[0],
    seed: call.whole("seed", 1),
    paths: call.text("paths") === undefined ? null : call.whole("paths", 1),
    out: call.text("out") ?? null,
    onlyJson: call.flag("json"),
  };
  return tellAside("replay-worker", task, workplace);
}
