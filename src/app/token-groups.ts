import { RESOURCE_GROUPS } from '../services/digitalocean/scopes.js';

/** Resource groups to tick on DigitalOcean's token page, and its address. */
export const TOKEN_GROUPS: readonly string[] = RESOURCE_GROUPS;
export const TOKENS_PAGE = 'https://cloud.digitalocean.com/account/api/tokens';
