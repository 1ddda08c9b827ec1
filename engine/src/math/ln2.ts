// ln 2 = 0.693147180559945309417232121458176568... (OEIS A002162) in two parts.

/** The first 40 binary places of ln 2, so that its product with any exponent (11 bits) is exact. */
export const LN2_HIGH = 0.6931471805592082;

/** ln 2 - LN2_HIGH, rounded: together 93 bits. */
export const LN2_LOW = 7.371002565167799e-13;

/** 1 / ln 2. */
export const LOG2_E = 1.4426950408889634;
