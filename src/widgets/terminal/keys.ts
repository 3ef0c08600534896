/**
 * A key press in its one normal form. Printable keys are the character itself (`a`, `G`, `?`, `é`);
 * all others have names: `space enter escape tab shift-tab backspace delete insert home end pageup
 * pagedown up down left right f1…f12`, with `ctrl-`, `alt-`, `shift-` in front in that order
 * (`ctrl-c`, `alt-b`, `ctrl-left`).
 */
export type Key = string;

/** The character a key types (`space` types one too), or undefined for all other keys. */
export declare function printable(key: Key): string | undefined;

/** How a key is written for people: `⏎`, `Esc`, `^C`, `↑`; in ASCII `Enter`, `Up`. */
export declare function keyLabel(key: Key, ascii: boolean): string;
