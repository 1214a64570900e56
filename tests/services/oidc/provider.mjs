// A real OpenID Connect provider: node provider.mjs PORT REDIRECT_URI. Whoever writes a name of ACCOUNTS signs in as that person.
import { Provider } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const ACCOUNTS = {
  ann: { preferred_username: 'ann', groups: ['news-desk', 'asia'] },
  bob: { preferred_username: 'bob', groups: ['football'] },
  eve: { groups: ['news-desk'] },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'wirewatch',
      client_secret: 'a secret: with + and /',
      redirect_uris: [redirectUri],
    },
    {
      client_id: 'public',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
    },
  ],
  cookies: { keys: ['for tests only'] },
  pkce: { required: () => true },
  scopes: ['openid', 'profile', 'groups'],
  claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...ACCOUNTS[id] }) }),
});
provider.listen(Number(port), '127.0.0.1');
