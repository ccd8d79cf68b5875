//! Codes and tokens.

use hubchannel::{
    AuthorizeUrl, OAuthClient,
    emulator::{AppSeed, Seed},
};

use crate::hub::{Hub, Told, both_ways};

const REDIRECT: &str = "https://bridge.example.com/oauth?x=1";
const READ: &str = "conversations.custom_channels.read";
const WRITE: &str = "conversations.custom_channels.write";

fn seed() -> Seed {
    Seed::default().add_app(AppSeed::new(77))
}

#[tokio::test]
async fn an_oauth_client_gets_looks_at_and_gives_up_tokens() {
    both_ways(seed, async |hub: &Hub| {
        let emulator = &hub.emulator;
        let oauth = OAuthClient::builder(hub.transport(), emulator.oauth_app())
            .base_url(hub.base_url())
            .build();
        let page = AuthorizeUrl::new(emulator.oauth_app().client_id, REDIRECT)
            .add_scope(WRITE)
            .add_optional_scope(READ);
        let code = emulator.authorize(62515, &page.to_string()).unwrap().code;
        let tokens = oauth.exchange_code(code.clone(), REDIRECT).await.unwrap().into_inner();
        let twice = oauth.exchange_code(code, REDIRECT).await.unwrap_err();
        let refresh = tokens.refresh_token.as_ref().unwrap().clone();
        let renewed = oauth.refresh(refresh.clone()).await.unwrap().into_inner();
        let access = renewed.access_token.as_ref().unwrap().clone();
        let open = oauth
            .introspect_access_token(access.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!((open.active.as_ref(), open.expires_in_seconds()), (Some(&true), Some(1800)));
        oauth.revoke(refresh.clone()).await.unwrap();
        let ended = oauth
            .introspect_refresh_token(refresh.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(ended.active.as_ref(), Some(&false));
        let error = oauth.refresh(refresh.clone()).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
        let shown = format!("{error} {error:?} {:?} {emulator:?}", emulator.received());
        for secret in [&refresh, &access, &emulator.oauth_app().client_secret] {
            assert!(!shown.contains(secret.expose()), "{shown}");
        }
        (open, ended, [twice, error].map(|error| Told::of(hub, &error)))
    })
    .await;
}
