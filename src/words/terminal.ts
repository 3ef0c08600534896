/** `256 colours, UTF-8` */
export function terminalText({
  colours,
  ascii,
}: {
  readonly colours: number;
  /** It shows no other characters. */
  readonly ascii: boolean;
}): string {
  return `${colours === 0 ? 'no colours' : `${colours} colours`}, ${ascii ? 'ASCII' : 'UTF-8'}`;
}
