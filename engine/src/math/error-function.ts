import { exp } from "./exp.js";
import { twoProductError } from "./two-product.js";

// Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
// Computation 23 (1969), 631-637, in the digits of his netlib routine CALERF (specfun, 1990); good to 18 digits.

/** 1 / sqrt(pi). */
const INVERSE_SQRT_PI = 0.5641895835477563;
/** Up to here erf itself is approximated, above it e^(x^2) erfc(x). */
export const ERF_SMALL = 0.46875;

/**
 * The complementary error function, 2 / sqrt(pi) times the integral of e^(-t^2) from `x` to infinity. Relative error
 * below 1e-15 up to x = 26.5, where it falls below the normal numbers; 0 above 27.3. NaN gives NaN.
 */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= ERF_SMALL) return 1 - erfSmall(x);
  if (size > 27.3) return x > 0 ? 0 : 2;
  // The square's rounding error would be multiplied by the square itself, so it is put back.
  const square = x * x;
  const gauss = exp(-square);
  const upper = (gauss - gauss * twoProductError(x, x, square)) * scaledErfc(size);
  return x > 0 ? upper : 2 - upper;
}

/** erf(x) for |x| <= ERF_SMALL. */
export function erfSmall(x: number): number {
  const z = x * x;
  const above =
    (((0.185777706184603153 * z + 3.1611237438705656) * z + 113.864154151050156) * z + 377.485237685302021) * z +
    3209.37758913846947;
  const below =
    (((z + 23.6012909523441209) * z + 244.024637934444173) * z + 1282.61652607737228) * z + 2844.23683343917062;
  return (x * above) / below;
}

/** e^(x^2) erfc(x) for x >= ERF_SMALL: smooth, so a rounded x does no harm. */
export function scaledErfc(x: number): number {
  if (x > 4) {
    const z = 1 / (x * x);
    const above =
      ((((0.0163153871373020978 * z + 0.305326634961232344) * z + 0.360344899949804439) * z + 0.125781726111229246) *
        z +
        0.0160837851487422766) *
        z +
      6.58749161529837803e-4;
    const below =
      ((((z + 2.56852019228982242) * z + 1.87295284992346047) * z + 0.527905102951428412) * z + 0.0605183413124413191) *
        z +
      0.00233520497626869185;
    return (INVERSE_SQRT_PI - (z * above) / below) / x;
  }
  let above = 2.15311535474403846e-8;
  above = above * x + 0.564188496988670089;
  above = above * x + 8.88314979438837594;
  above = above * x + 66.1191906371416295;
  above = above * x + 298.635138197400131;
  above = above * x + 881.95222124176909;
  above = above * x + 1712.04761263407058;
  above = above * x + 2051.07837782607147;
  above = above * x + 1230.33935479799725;
  let below = x + 15.7449261107098347;
  below = below * x + 117.693950891312499;
  below = below * x + 537.181101862009858;
  below = below * x + 1621.38957456669019;
  below = below * x + 3290.79923573345963;
  below = below * x + 4362.61909014324716;
  below = below * x + 3439.36767414372164;
  below = below * x + 1230.33935480374942;
  return above / below;
}
