// Tail probabilities as natural logarithms: the probabilities themselves underflow on data of
// ordinary size. Step by step the algorithms of stats/tail.go and stats/tail_incomplete.go, so
// that the page and the command line give the same figures. What is out of range gives NaN.

const maxTerms = 1e6; // of a series or fraction; met by parameters beyond 1e10 only, which give NaN
const epsilon = 2 ** -52;

/**
 * log(1 - exp(x)) for x ≤ 0 without cancellation.
 * @param {number} x
 */
function log1mExp(x) {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/**
 * log Γ(n+1) - (n+½) log n + n - ½ log 2π for n > 0: what Stirling's formula leaves out.
 * @param {number} n
 */
export function stirlingError(n) {
  let shift = 0;
  for (; n < 10; n++) shift += (n + 0.5) * Math.log1p(1 / n) - 1; // climb to where the series holds
  const r = 1 / (n * n);
  return shift + (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r / 156)))))) / n;
}

/**
 * x log(x/mu) + mu - x for x, mu > 0 (C. Loader 2000): zero only where they are equal.
 * @param {number} x
 * @param {number} mu
 */
function deviance(x, mu) {
  const d = x - mu;
  if (Math.abs(d) < 0.1 * (x + mu)) {
    const v = d / (x + mu);
    let sum = d * v, power = 2 * x * v;
    for (let j = 3; ; j += 2) {
      power *= v * v;
      const next = sum + power / j;
      if (next === sum) return sum;
      sum = next;
    }
  }
  const ratio = x / mu;
  return x * (ratio === 0 || ratio === Infinity ? Math.log(x) - Math.log(mu) : Math.log(ratio)) - d;
}

/**
 * A continued fraction b0 + a1/(b1 + a2/(b2 + …)) by the modified Lentz algorithm.
 * @param {number} b0
 * @param {(n: number) => number} numerator
 * @param {(n: number) => number} denominator
 */
function lentz(b0, numerator, denominator) {
  const tiny = 1e-300;
  let f = b0 || tiny, c = f, d = 0;
  for (let n = 1; n < maxTerms; n++) {
    const a = numerator(n), b = denominator(n);
    if (a === 0) return f; // the fraction ends
    d = 1 / (b + a * d || tiny);
    c = b + a / c || tiny;
    const delta = c * d;
    f *= delta;
    if (!(Math.abs(delta - 1) > 2 * epsilon)) return f; // NaN ends it too
  }
  return NaN;
}

/**
 * P(a, x)·Γ(a)/(x^a e^-x) by its power series.
 * @param {number} a
 * @param {number} x
 */
function gammaSeries(a, x) {
  let sum = 1 / a, term = sum;
  for (let n = 1; n < maxTerms; n++) {
    term *= x / (a + n);
    sum += term;
    if (!(term > sum * epsilon)) return sum;
  }
  return NaN;
}

/**
 * log Q(a, x), the upper regularised incomplete gamma function. The smaller of P and Q is
 * computed as itself and the other from it.
 * @param {number} a above 0
 * @param {number} x
 */
function logGammaUpper(a, x) {
  if (Number.isNaN(x) || !(a > 0) || a === Infinity) return NaN;
  if (x <= 0) return 0;
  if (x === Infinity) return -Infinity;
  const density = 0.5 * Math.log(a / (2 * Math.PI)) - stirlingError(a) - deviance(a, x);
  if (x < a + 1) return log1mExp(Math.min(density + Math.log(gammaSeries(a, x)), 0));
  const fraction = lentz(x + 1 - a, (n) => n * (a - n), (n) => x + 1 - a + 2 * n);
  return Math.min(density - Math.log(fraction), 0);
}

/**
 * x^a y^b/(B(a, b)·I_x(a, b)) for x = 1 - y at or below the mean (DiDonato and Morris 1992, eq. 9).
 * @param {number} a
 * @param {number} b
 * @param {number} x
 * @param {number} y
 */
function betaFraction(a, b, x, y) {
  const lambda = a * y - b * x;
  return lentz((a / (a + 1)) * (lambda + 1), (n) => {
    const s = a + 2 * n - 1;
    return ((a + n - 1) / s) * n * (((a + b + n - 1) / s) * x) * ((b - n) * x);
  }, (n) => n + (n * (b - n) * x) / (a + 2 * n - 1) + ((a + n) / (a + 2 * n + 1)) * (lambda + 1 + n * (1 + y)));
}

/**
 * log(1 - I_x(a, b)), the complement of the regularised incomplete beta function, with y = 1 - x.
 * @param {number} a
 * @param {number} b
 * @param {number} x
 * @param {number} y
 */
function logBetaUpper(a, b, x, y) {
  if (Number.isNaN(x + y) || !(a > 0) || !(b > 0)) return NaN;
  if (x <= 0) return 0;
  if (y <= 0) return -Infinity;
  const n = a + b;
  const density = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
    + 0.5 * Math.log((a / (2 * Math.PI)) * (b / n));
  if (a * y >= b * x) return log1mExp(Math.min(density - Math.log(betaFraction(a, b, x, y)), 0));
  return Math.min(density - Math.log(betaFraction(b, a, y, x)), 0);
}

/**
 * log P(Z > z) of a standard normal Z, whose square is chi-square with one degree of freedom.
 * @param {number} z
 * @returns {number}
 */
export function logNormalSF(z) {
  return z < 0 ? Math.log1p(-Math.exp(logNormalSF(-z))) : logGammaUpper(0.5, 0.5 * z * z) - Math.LN2;
}

const farT = 1e140; // where the tail has become proportional to t^-df to the last bit

/**
 * log P(T > t) of Student's t. NaN unless df > 0.
 * @param {number} t
 * @param {number} df need not be whole; Infinity is the normal distribution
 * @returns {number}
 */
export function logTSF(t, df) {
  if (t < 0) return log1mExp(logTSF(-t, df));
  if (df === Infinity) return logNormalSF(t);
  if (t > farT && df < farT) return logTSF(farT, df) - df * (Math.log(t) - Math.log(farT));
  const t2 = t * t;
  if (t2 === Infinity) return df > 0 ? -Infinity : NaN;
  return logBetaUpper(0.5, 0.5 * df, t2 / (df + t2), df / (df + t2)) - Math.LN2;
}

/**
 * log P(X > x) of the chi-square distribution. NaN unless df > 0.
 * @param {number} x
 * @param {number} df need not be whole
 */
export function logChiSquaredSF(x, df) {
  return logGammaUpper(0.5 * df, 0.5 * x);
}

/**
 * The log p-value of a statistic that is symmetric about 0, two-sided.
 * @param {number} statistic
 * @param {(x: number) => number} logUpperTail
 */
export function logTwoSided(statistic, logUpperTail) {
  return Math.min(0, Math.LN2 + logUpperTail(Math.abs(statistic)));
}

/**
 * Turns a natural logarithm, as all functions here return it, into one to base 10.
 * @param {number} logp
 */
export function log10Of(logp) {
  return logp / Math.LN10;
}

/**
 * A p-value of 0.001 to 1 with three significant digits. Halves are rounded to even, as Go does.
 * @param {number} p
 */
function threeDigits(p) {
  if (p === 1) return "1";
  const decimals = 2 - Number(p.toExponential(2).split("e")[1]), scaled = p * 10 ** decimals;
  const even = (p * 32) % 1 === 0 && scaled % 1 === 0.5 && Math.floor(scaled) % 2 === 0;
  const text = even ? (Math.floor(scaled) / 10 ** decimals).toFixed(decimals) : p.toFixed(decimals);
  const short = text.replace(/\.?0+$/, "");
  return Number(short) === p ? short : text;
}

/**
 * A p-value for people, as the command line writes it: "0.0234", "1.15e-09", "5.01e-513";
 * "–" where there is none.
 * @param {number} logp its natural logarithm
 */
export function pText(logp) {
  const p = Math.exp(logp), log10 = log10Of(logp);
  if (Number.isNaN(p)) return "–";
  if (logp === -Infinity) return "< 5e-324";
  if (p < 1e-300) {
    const exponent = Math.floor(log10), mantissa = (10 ** (log10 - exponent)).toFixed(2);
    return mantissa.startsWith("10") ? `1.00e${exponent + 1}` : `${mantissa}e${exponent}`;
  }
  if (p >= 0.001) return threeDigits(p);
  return p.toExponential(2).replace(/e-(\d)$/, "e-0$1");
}
