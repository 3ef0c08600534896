import { RESOURCE_GROUPS } from '../services/digitalocean/scopes.js';

/** What to tick in DigitalOcean's token page, and where that is. */
export const TOKEN_GROUPS: readonly string[] = RESOURCE_GROUPS;
export const TOKENS_PAGE = 'https://cloud.digitalocean.com/account/api/tokens';
