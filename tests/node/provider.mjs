// A real OpenID provider for the tests: oidc-provider with its own sign-in pages.
// argv: one JSON object {port, client_id, client_secret, redirect_uris, logout_uris, people}.
import { createServer } from "node:http";
import * as oidc from "oidc-provider";

const wanted = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${wanted.port}`;
const realNow = Date.now;
let ahead = 0; // seconds that this provider's clock runs ahead
Date.now = () => realNow() + ahead * 1000;

const provider = new oidc.Provider(issuer, {
  clients: [
    {
      client_id: wanted.client_id,
      client_secret: wanted.client_secret,
      redirect_uris: wanted.redirect_uris,
      post_logout_redirect_uris: wanted.logout_uris,
    },
  ],
  pkce: { required: () => true },
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name", "groups"],
  },
  // Who types "ana" into its sign-in form is people.ana.
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...wanted.people[id] }),
  }),
});

// It ends with whoever started it: a signal would reach the wrapper that pip makes, not node.
process.stdin.resume().on("end", () => process.exit());

createServer((request, response) => {
  const moved = /^\/relogio\/(\d+)$/.exec(request.url);
  if (moved) {
    ahead = Number(moved[1]);
    response.end();
    return;
  }
  provider.callback()(request, response);
}).listen(wanted.port, "127.0.0.1", () => console.log("ready"));
