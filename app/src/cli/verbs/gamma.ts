import { type GammaMap, gammaFigures } from "../../figures/gamma.js";
import { gammaPage } from "../../report/gamma-page.js";
import type { Answer, Workplace } from "../answer.js";
import type { Call } from "../call.js";
import { readGamma } from "../read-gamma.js";
import { gammaText } from "../text/gamma-text.js";
import { version } from "../version.js";

/** `firebreak gamma`: what dealers of options have to trade at each price, under a declared side. */
export async function runGamma({ call, streams }: Workplace): Promise<Answer> {
  const map = await readGamma(call, streams.cwd());
  const out = call.text("out");
  const page = out !== undefined && /\.html?$/.test(out);
  return {
    json: gammaFigures(map),
    text: (paint) => gammaText(map, paint),
    ...(page
      ? { files: [{ path: out, content: gammaPage(map, { again: again(call, map), version: version() }) }] }
      : {}),
  };
}

/** The command that makes the page again. */
function again(call: Call, map: GammaMap): string {
  const sign = map.tables.find(({ convention }) => convention !== null)?.convention;
  const given = ["range", "levels", "smile", "asset", "out"].flatMap((name) => {
    const text = call.text(name);
    return text === undefined ? [] : [`--${name} ${text}`];
  });
  const expiries = call.list("expiry").map((date) => `--expiry ${date}`);
  return [`npx firebreak gamma ${call.operands[0]}`, ...(sign ? [`--sign ${sign}`] : []), ...expiries, ...given].join(
    " ",
  );
}
