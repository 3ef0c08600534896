import { RESOURCE_GROUPS } from '../services/digitalocean/scopes.js';

/** Resource groups to tick on DigitalOcean's token page. */
export const TOKEN_GROUPS: readonly string[] = RESOURCE_GROUPS;
