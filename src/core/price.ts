/** `$4/month`, `$4.50/month` */
export function monthly(usd: number): string {
  return `$${Number.isInteger(usd) ? usd : usd.toFixed(2)}/month`;
}
