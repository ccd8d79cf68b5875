//! Extractors for axum.

use axum::{
    extract::{FromRef, FromRequest, Request},
    response::{IntoResponse, Response},
};
use hubchannel_model::{ChannelEvents, ConversationEvents};

use super::{Answer, Receiver, Refusal};
use crate::Verified;

/// What a request brings, verified and read: [`ChannelEvents`] for a channel's webhook, [`ConversationEvents`] for an app's
/// subscriptions.
///
/// ```
/// use axum::{Router, routing::post};
/// use hubchannel_model::ChannelEvents;
/// use hubchannel_webhook::{AgentReply, Answer, Delivered, Receiver};
///
/// async fn hook(Delivered(events): Delivered<ChannelEvents>) -> Answer {
///     for reply in events.iter().filter_map(AgentReply::of) {
///         println!("to {:?}: {:?}", reply.recipient(), reply.text());
///     }
///     Answer::Done
/// }
///
/// fn router(receiver: Receiver) -> Router {
///     Router::new().route("/hubspot/events", post(hook)).with_state(receiver)
/// }
/// ```
///
/// The [`Receiver`] is the router's state, or a part of it (`FromRef`). It reads the whole body, so it comes last among a
/// handler's arguments. It knows the whole address in a nested router too. What is refused is answered with its status
/// and an empty body.
#[derive(Clone, Debug)]
pub struct Delivered<T>(pub T);

macro_rules! delivered {
    ($($events:ident by $parse:ident;)+) => { $(
        impl<S> FromRequest<S> for Delivered<$events>
        where
            Receiver: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Refusal;

            async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
                let verified = Verified::from_request(request, state).await?;
                Ok(Delivered(verified.$parse()?))
            }
        }
    )+ };
}

delivered! {
    ChannelEvents by parse;
    ConversationEvents by parse_conversation_events;
}

impl<S> FromRequest<S> for Verified
where
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        Receiver::from_ref(state).receive_body(&parts, body).await
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}
