import { isSameData } from './same-data.js';

/** Sets a widget only when its data is other than the last. */
export function bind<Data>(widget: { set(data: Data): void }): (data: Data) => void {
  let last: Data | undefined;
  return (data) => {
    if (last !== undefined && isSameData(last, data)) return;
    last = data;
    widget.set(data);
  };
}
