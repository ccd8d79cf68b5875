//! The handle to an emulator.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::SystemTime,
};

use http::Request;
use hubchannel_api::{
    Body, OAuthApp,
    clock::Clock,
    model::{
        AppId, Channel, ChannelAccount, ChannelAccountId, ChannelEvent, ChannelId, InboxId, Message, PortalId, Secret,
        StagingRedirect,
    },
};

use crate::{
    Authorization, AuthorizationError, Connection, ConnectionError, EmulatorTransport, Received, Seed, Thread,
    authorization::Wish,
    changes::ChangeKind,
    dial::Dial,
    escape::with_query,
    fault::Faults,
    origin::Origin,
    received::Arrivals,
    retention::Dropped,
    state::{Grant, State},
    webhooks::{Bell, Post, Schedule, Ticket, targets},
};

/// A HubSpot of one's own, as far as custom channels go. Cheap to clone; clones are the same emulator.
///
/// ```
/// use hubchannel_emulator::Emulator;
///
/// let emulator = Emulator::new();
/// assert_eq!(emulator.channel_id(), "2930388");
/// assert_eq!(emulator.channel_account_id(), "3307400689");
/// assert!(emulator.messages().is_empty());
/// ```
///
/// Everything is kept in memory and lost with the last clone, unless a [`Snapshot`](crate::Snapshot) was taken. One request
/// is answered after the other, whichever way they come.
#[derive(Clone)]
pub struct Emulator(Arc<Shared>);

struct Shared {
    seed: Seed,
    dial: Dial,
    /// Under a lock of its own, for those who have the world's.
    origin: Mutex<Origin>,
    world: Mutex<World>,
}

/// What changes.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) faults: Faults,
    pub(crate) received: Arrivals,
    pub(crate) schedule: Schedule,
    bell: Bell,
}

impl World {
    /// Queues what has happened for whom it is for, lets go what there is too much of, and says who waits.
    fn settle(&mut self, now: SystemTime) -> Vec<Waker> {
        let mut queued = false;
        for event in self.state.events.take_fresh() {
            for (queue, event) in targets(&self.state, event, now) {
                let number = self.schedule.add(queue, event, now);
                self.state.changes.note(ChangeKind::Delivery, number);
                queued = true;
            }
        }
        self.state.retain();
        for gone in self.state.take_gone() {
            self.schedule.forget_about(&gone);
        }
        for number in self.schedule.make_room(now) {
            self.state.changes.note(ChangeKind::Delivery, number);
        }
        if queued { self.bell.take() } else { Vec::new() }
    }

    /// How much was dropped to make room.
    pub(crate) fn dropped(&self) -> Dropped {
        let (deliveries, waiting_deliveries) = self.schedule.dropped();
        Dropped {
            deliveries,
            waiting_deliveries,
            requests: self.received.dropped(),
            ..self.state.dropped
        }
    }

    /// Begins what is due to be delivered: its number and the request, or why there is none.
    fn begin_due(&mut self, now: SystemTime) -> Vec<(Ticket, Result<Request<Body>, String>)> {
        let due = self.schedule.due(now).into_iter();
        let begun = due.filter_map(|(number, target)| {
            let event = self.schedule.event(number)?;
            let post = Post::new(&self.state, &target, event, now);
            let ticket = self.schedule.begin(number, post.attempt(now));
            self.state.changes.note(ChangeKind::Delivery, number);
            Some((ticket, post.request))
        });
        begun.collect()
    }
}

impl Emulator {
    /// An emulator with the default [`Seed`].
    pub fn new() -> Self {
        Emulator::with_seed(Seed::default())
    }

    /// An emulator that starts with this.
    pub fn with_seed(seed: Seed) -> Self {
        let dial = Dial::new(Arc::clone(seed.clock()));
        let world = World {
            state: State::new(&seed, dial.wall()),
            faults: Faults::new(seed.id_seed()),
            received: Arrivals::new(*seed.retention()),
            schedule: Schedule::new(seed.webhook_policy(), seed.id_seed(), *seed.retention()),
            bell: Bell::default(),
        };
        Emulator(Arc::new(Shared {
            origin: Mutex::new(seed.first().into()),
            seed,
            dial,
            world: Mutex::new(world),
        }))
    }

    /// The way to this emulator inside the process.
    pub fn transport(&self) -> EmulatorTransport {
        EmulatorTransport::new(self.clone())
    }

    /// The first channel.
    pub fn channel_id(&self) -> ChannelId {
        self.origin().channel_id
    }

    /// The first channel account.
    pub fn channel_account_id(&self) -> ChannelAccountId {
        self.origin().channel_account_id
    }

    /// The first access token.
    pub fn access_token(&self) -> Secret {
        self.origin().access_token
    }

    /// The API key of the developer of the first channel's app.
    pub fn developer_key(&self) -> Secret {
        let id = self.origin().app_id;
        let world = self.world();
        let app = world.state.apps.get(id);
        app.map_or_else(|| Secret::new(""), |app| app.developer_key.clone())
    }

    /// What the first channel's app shows HubSpot to get tokens.
    pub fn oauth_app(&self) -> OAuthApp {
        let id = self.origin().app_id;
        let world = self.world();
        world.state.apps.get(id).map_or_else(
            || OAuthApp::new("", ""),
            |app| OAuthApp::new(app.client_id.clone(), app.client_secret.clone()),
        )
    }

    /// Does what a user does who follows this address of [`AuthorizeUrl`](hubchannel_api::AuthorizeUrl) and lets the app
    /// into this portal, with all that it asks for.
    ///
    /// # Errors
    /// When the address asks for nothing that HubSpot could show.
    pub fn authorize(&self, portal_id: u64, url: &str) -> Result<Authorization, AuthorizationError> {
        let wish = Wish::read(url)?;
        let code = self.change_world(|world, now| {
            let state = &mut world.state;
            let grant = Grant {
                app_id: state.apps.client(&wish.client_id)?.id,
                portal_id,
                scopes: wish.scopes,
            };
            let redirect_uri = wish.redirect_uri.clone();
            Some(state.tokens.allow(&mut state.ids, grant, redirect_uri, now))
        });
        let code = code.ok_or(AuthorizationError::NoApp(wish.client_id))?;
        let mut pairs = vec![("code", code.expose())];
        pairs.extend(wish.state.as_deref().map(|state| ("state", state)));
        Ok(Authorization {
            url: with_query(&wish.redirect_uri, pairs).into(),
            code,
        })
    }

    /// A refresh token of the first channel's app for this portal, as if a user had let it in long ago with these scopes.
    pub fn refresh_token(&self, portal_id: u64, scopes: impl IntoIterator<Item = impl Into<String>>) -> Secret {
        let grant = Grant {
            app_id: self.origin().app_id,
            portal_id,
            scopes: scopes.into_iter().map(Into::into).collect(),
        };
        self.change_world(|world, _| world.state.tokens.install(&mut world.state.ids, grant))
    }

    /// Takes the app out of the portal, as a user does there: none of its codes and tokens is good any more.
    pub fn uninstall(&self, app_id: u64, portal_id: u64) {
        self.world().state.tokens.uninstall(app_id, portal_id);
    }

    /// The first channel's app.
    pub fn app_id(&self) -> AppId {
        AppId::from_number(self.origin().app_id)
    }

    /// The first channel account's portal.
    pub fn portal_id(&self) -> u64 {
        self.origin().portal_id
    }

    /// Every channel that is not archived, whichever app's, in the order of registration, as a read would return it.
    pub fn channels(&self) -> Vec<Channel> {
        self.world().state.channels.all().cloned().collect()
    }

    /// The inbox that the first channel account is in; the first of its portal, where the account was purged.
    pub fn inbox_id(&self) -> InboxId {
        let id = self.channel_account_id();
        let world = self.world();
        let account = world
            .state
            .accounts
            .all()
            .find(|account| account.id.as_ref() == Some(&id));
        account
            .and_then(|account| account.inbox_id.as_ref().cloned())
            .or_else(|| {
                let mut inboxes = world.state.inboxes.of(self.portal_id());
                inboxes.find_map(|(_, inbox)| inbox.id.as_ref().cloned())
            })
            .unwrap_or_else(|| InboxId::from(""))
    }

    /// Every channel account, archived ones too, in the order of connecting, as a read would return it.
    pub fn channel_accounts(&self) -> Vec<ChannelAccount> {
        self.world().state.accounts.all().cloned().collect()
    }

    /// Begins what an administrator does in HubSpot's settings: connecting an account of this channel to this inbox, in the
    /// inbox's portal.
    ///
    /// # Errors
    /// When there is no such channel or inbox, or the channel has no address to send the user to.
    pub fn start_connection(
        &self,
        channel_id: impl Into<ChannelId>,
        inbox_id: impl Into<InboxId>,
    ) -> Result<Connection, ConnectionError> {
        let (channel_id, inbox_id) = (channel_id.into(), inbox_id.into());
        let now = self.now();
        let state = &mut self.world().state;
        let Some(channel) = state.channels.seen(channel_id.as_str(), now) else {
            return Err(ConnectionError::NoChannel(channel_id));
        };
        let Some((portal_id, _)) = state.inboxes.get(inbox_id.as_str()) else {
            return Err(ConnectionError::NoInbox(inbox_id));
        };
        let Some(address) = channel.channel_account_connection_redirect_url.as_ref() else {
            return Err(ConnectionError::NoRedirectUrl(channel_id));
        };
        let token = state
            .staging
            .begin(&mut state.ids, portal_id, &channel_id, &inbox_id, now.into());
        let mut redirect = StagingRedirect::new(token);
        redirect.redirect_url =
            Some(format!("https://app.hubspot.com/live-messages-settings/{portal_id}/inboxes/{inbox_id}/edit"));
        redirect.channel_id = Some(channel_id);
        redirect.inbox_id = Some(inbox_id);
        redirect.portal_id = Some(PortalId::from(portal_id.to_string()));
        Ok(Connection {
            url: with_query(address, redirect.to_pairs()).into(),
            redirect,
        })
    }

    /// Switches a channel account on or off, as only HubSpot does; `false` where there is none.
    pub fn set_channel_account_active(&self, id: impl Into<ChannelAccountId>, active: bool) -> bool {
        self.change(|state, now| state.set_account_active(id.into().as_str(), active, now.into()))
    }

    /// Archives a channel account, as users do in HubSpot's settings; `false` where there is none.
    pub fn archive_channel_account(&self, id: impl Into<ChannelAccountId>) -> bool {
        self.change(|state, now| state.archive_account(id.into().as_str(), now.into()))
    }

    /// Removes a channel account for good; `false` where there is none. When HubSpot does that is not known.
    pub fn purge_channel_account(&self, id: impl Into<ChannelAccountId>) -> bool {
        self.change(|state, now| state.purge_account(id.into().as_str(), now.into()))
    }

    /// What there is to report to channels' webhooks, in the order in which it happened.
    ///
    /// [`deliver`](Emulator::deliver) brings it to those channels that had a `webhookUrl` when it happened.
    pub fn events(&self) -> Vec<ChannelEvent> {
        self.look(|state| state.events.all().cloned().collect())
    }

    /// Every message, in the order of publishing, as a read would return it.
    pub fn messages(&self) -> Vec<Message> {
        self.world().state.messages().cloned().collect()
    }

    /// Every thread, in the order of their first messages.
    pub fn threads(&self) -> Vec<Thread> {
        self.look(|state| state.conversations().map(Thread::from).collect())
    }

    /// Every thread as a read through the Conversations API would return it, in the same order.
    pub fn conversations(&self) -> Vec<hubchannel_api::model::Thread> {
        self.look(|state| state.conversations().map(|of| of.shown().clone()).collect())
    }

    /// Every request so far, in the order of arrival, as far as the [`Retention`](crate::Retention) keeps them: the last
    /// 10,000 unless set, and of these no more than have 64 MiB in their heads, their bodies and those of their answers.
    pub fn received(&self) -> Vec<Received> {
        self.world().received.all().cloned().collect()
    }

    /// Forgets the requests so far, for a test that looks at what comes next, or to free their memory.
    pub fn clear_received(&self) {
        self.world().received.clear();
    }

    pub(crate) fn seed(&self) -> &Seed {
        &self.0.seed
    }

    /// The emulator's own clock.
    pub(crate) fn clock(&self) -> &Dial {
        &self.0.dial
    }

    /// Something that is done to the state now.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut State, SystemTime) -> T) -> T {
        self.change_world(|world, now| act(&mut world.state, now))
    }

    /// Something that is done to everything now.
    pub(crate) fn change_world<T>(&self, act: impl FnOnce(&mut World, SystemTime) -> T) -> T {
        let now = self.now();
        let mut world = self.world();
        let before = world.state.changes.last();
        let result = act(&mut world, now);
        let mut waiting = world.settle(now);
        if world.state.changes.last() != before {
            waiting.extend(world.state.changes.bell.take());
        }
        drop(world);
        // Those who are woken may look at the emulator at once.
        waiting.into_iter().for_each(Waker::wake);
        result
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.world().state)
    }

    pub(crate) fn with_schedule<T>(&self, look: impl FnOnce(&Schedule) -> T) -> T {
        look(&self.world().schedule)
    }

    /// Does something to the schedule that changes this delivery.
    pub(crate) fn change_delivery<T>(&self, number: usize, act: impl FnOnce(&mut Schedule, SystemTime) -> T) -> T {
        self.change_world(|world, now| {
            world.state.changes.note(ChangeKind::Delivery, number);
            act(&mut world.schedule, now)
        })
    }

    /// Begins what is due to be delivered.
    pub(crate) fn begin_due(&self) -> Vec<(Ticket, Result<Request<Body>, String>)> {
        self.change_world(World::begin_due)
    }

    /// Has this waker woken when there is something new to deliver.
    pub(crate) fn listen(&self, waker: &Waker) {
        self.world().bell.listen(waker);
    }

    /// Says that there is something new to deliver.
    pub(crate) fn ring(&self) {
        let waiting = self.world().bell.take();
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn origin(&self) -> Origin {
        self.0.origin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_origin(&self, origin: Origin) {
        *self.0.origin.lock().unwrap_or_else(PoisonError::into_inner) = origin;
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock().wall()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Emulator::new()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let world = self.world();
        f.debug_struct("Emulator")
            .field("channel_id", &self.origin().channel_id)
            .field("messages", &world.state.messages().len())
            .field("threads", &world.state.conversations().count())
            .field("received", &world.received.all().len())
            .finish_non_exhaustive()
    }
}
