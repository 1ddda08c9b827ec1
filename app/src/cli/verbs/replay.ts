import type { Answer, Workplace } from "../answer.js";
import { dayFile } from "../package-root.js";
import { whenBuilt } from "../when-built.js";

/** What `app/src/replay/replay.ts` offers: a day's findings as an answer. */
interface ReplayModule {
  readonly replay: (file: string, workplace: Workplace) => Promise<Answer>;
}

/** `firebreak replay DAY`: observed against modelled. */
export async function runReplay(workplace: Workplace): Promise<Answer> {
  const file = dayFile(workplace.call.operands[0], workplace.streams.cwd());
  const { replay } = await whenBuilt<ReplayModule>("replay", "../replay/replay.js");
  return replay(file, workplace);
}
