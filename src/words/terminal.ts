/** `256 colours, UTF-8` */
export function terminalText({
  colours,
  ascii,
}: {
  readonly colours: number;
  /** True if it shows ASCII characters only. */
  readonly ascii: boolean;
}): string {
  return `${colours === 0 ? 'no colours' : `${colours} colours`}, ${ascii ? 'ASCII' : 'UTF-8'}`;
}
