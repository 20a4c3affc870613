// A provider of identity that we did not write, for one client: `node real.mjs '<settings as JSON>'`.
import Provider from "oidc-provider";

const settings = JSON.parse(process.argv[2]);
const provider = new Provider(settings.issuer, {
  clients: [
    {
      client_id: settings.client,
      client_secret: settings.secret,
      redirect_uris: [settings.back],
      post_logout_redirect_uris: [settings.left],
      ...(settings.proconnect && {
        token_endpoint_auth_method: "client_secret_post",
        userinfo_signed_response_alg: "RS256",
      }),
    },
  ],
  jwks: { keys: [settings.key] },
  cookies: { keys: ["of a test"] },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "email", "given_name", "usual_name", "siret", "uid", "roles"],
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name"],
    given_name: ["given_name"],
    usual_name: ["usual_name"],
    siret: ["siret"],
    uid: ["uid"],
    roles: ["roles"],
    acr: null,
    amr: null,
  },
  features: {
    claimsParameter: { enabled: true },
    jwtUserinfo: { enabled: true },
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      name: "Manon Exemple",
      given_name: "Manon",
      usual_name: "Exemple",
      email: `${sub}@mission.example`,
      email_verified: true,
      siret: "12345678901234",
      roles: ["agent_public"],
    }),
  }),
});
provider.use(async (context, next) => {
  console.log(`asked ${context.path}`);
  await next();
});
provider.listen(settings.port, "127.0.0.1", () => console.log("listens"));
