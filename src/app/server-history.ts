/** Pure functions over the history of a server, for the screens. */
export {
  bucketsOf,
  DAY_MS,
  HOUR_MS,
  outagesIn,
  type ServerHistory,
  uptimeOf,
} from '../services/health/history/history.js';
