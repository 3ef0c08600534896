import { SERVER_PATH } from '../../core/product.js';
/** Size of the page that a visitor without a certificate gets, in bytes (contract: seen on a real installation). */
const CERTIFICATE_REQUIRED_BYTES = 5856;
/** Size of the web app's page, in bytes (recorded). */
const PANEL_BYTES = 440;

/** nginx's answer to a visitor without the admin certificate. */
export const CERTIFICATE_REQUIRED_PAGE = paddedPage(
  'Portlama — Certificate Required',
  `<h1>Certificate Required</h1>
<p>This panel opens only for browsers that hold its admin certificate.</p>
<ol>
<li>Copy <code>${SERVER_PATH.p12}</code> from the server.</li>
<li>Import it into your browser or system with the password in <code>${SERVER_PATH.p12Password}</code>.</li>
<li>Close the browser, open it again and come back.</li>
</ol>`,
  CERTIFICATE_REQUIRED_BYTES,
);

/** nginx's answer while the panel server behind it is down. */
export const BAD_GATEWAY_PAGE = nginxPage('502 Bad Gateway');
/** nginx's answer when the panel server takes longer than nginx waits. */
export const GATEWAY_TIMEOUT_PAGE = nginxPage('504 Gateway Time-out');

/** nginx's answer on a name of the panel to a visitor without the admin certificate. */
export const NO_CERTIFICATE_PAGE = `<html>\r
<head><title>400 No required SSL certificate was sent</title></head>\r
<body>\r
<center><h1>400 Bad Request</h1></center>\r
<center>No required SSL certificate was sent</center>\r
<hr><center>nginx/1.22.1</center>\r
</body>\r
</html>\r
`;

/** Page of the panel for a browser with the certificate. */
export const PANEL_PAGE = paddedPage(
  'Portlama',
  '<h1>Portlama</h1>\n<p>The panel of a sandbox server.</p>',
  PANEL_BYTES,
);

function nginxPage(title: string): string {
  return `<html>\r
<head><title>${title}</title></head>\r
<body>\r
<center><h1>${title}</h1></center>\r
<hr><center>nginx/1.24.0 (Ubuntu)</center>\r
</body>\r
</html>\r
`;
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>body{font-family:system-ui,sans-serif;background:#0f172a;color:#e2e8f0;max-width:40rem;margin:4rem auto}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function paddedPage(title: string, body: string, bytes: number): string {
  const bare = page(title, `${body}\n<!---->`);
  const padding = ' '.repeat(Math.max(0, bytes - Buffer.byteLength(bare)));
  return bare.replace('<!---->', `<!--${padding}-->`);
}
