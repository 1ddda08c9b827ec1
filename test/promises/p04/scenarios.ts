/** Scenarios of 240 ticks per protocol: with every test run, or as many as P04_SCENARIOS says. */
export const p04Scenarios = Number(process.env.P04_SCENARIOS ?? 40);

/** Seed of the scenarios: SEED=... to try another. */
export const p04Seed = Number(process.env.SEED ?? 20251010);
