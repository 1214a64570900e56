"""Sign-in by an OpenID Connect provider: the authorization code flow with PKCE, and who somebody is by what it says."""
