import type { Markup } from './markup.js';
/** `✔ Token → ● Region → ○ Label → ○ Create`: done, current, next. For `FrameData.middle`. */
export declare function stepper(names: readonly string[], current: number): Markup;
