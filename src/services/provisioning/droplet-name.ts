/** RFC 1123: longest host name label. DigitalOcean makes the droplet's name its host name. */
const HOST_NAME_MAX_LENGTH = 63;

/** `portlama-<label>`, not prefixed twice, cut to what a host name may be. */
export function dropletName(label: string): string {
  const name = label.startsWith('portlama-') ? label : `portlama-${label}`;
  return name.slice(0, HOST_NAME_MAX_LENGTH).replace(/-+$/, '');
}
