import { type Text, width } from './markup.js';

/** Of texts that say the same, longest first, the first that there is room for, else the last. */
export function firstFitting(
  texts: Text | readonly Text[] | undefined,
  room: number,
): Text | undefined {
  if (!isList(texts)) return texts;
  return texts.find((text) => width(text) <= room) ?? texts.at(-1);
}

function isList(texts: Text | readonly Text[] | undefined): texts is readonly Text[] {
  return Array.isArray(texts);
}
