/** Sets a widget only when its data is other than the last. */
export function bind<Data>(widget: { set(data: Data): void }): (data: Data) => void {
  let last: Data | undefined;
  return (data) => {
    if (last !== undefined && isSameData(last, data)) return;
    last = data;
    widget.set(data);
  };
}

/** Compares two plain values (numbers, texts, lists, records) all the way down. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false;
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      isSameData((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}

/** Lists are long: their places are not named one by one. */
function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((item, index) => isSameData(item, other[index]));
}
