//! Endpoints without an operation.

use hubchannel::{CallEndpoint, EndpointsClient, emulator::Seed};

use crate::hub::{Hub, Told, both_ways};

#[tokio::test]
async fn an_endpoint_is_called_where_it_is_and_where_it_is_not() {
    both_ways(Seed::default, async |hub: &Hub| {
        let endpoints = EndpointsClient::builder(hub.stack()).base_url(hub.base_url()).build();
        let list =
            CallEndpoint::get("/conversations/v3/custom-channels/2930388/channel-accounts").add_query("a b", "c&d");
        let reply = endpoints.call_endpoint(list).await.unwrap();
        let body = String::from_utf8(reply.body().to_vec()).unwrap();
        assert!(body.contains("3307400689"), "{body}");
        let nowhere = CallEndpoint::post("/account-info/v3")
            .add_segment("\u{fc}/?")
            .set_json(&7)
            .unwrap();
        let error = endpoints.call_endpoint(nowhere).await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        (reply.status(), body, Told::of(hub, &error))
    })
    .await;
}
