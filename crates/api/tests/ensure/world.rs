//! HubSpot as far as ensuring goes: what was created is listed late, answers are lost, and calls fail.

use std::{
    collections::VecDeque,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use hubchannel_api::{
    Body, CallOptions, Client, CreateChannel, CreateChannelAccount, CustomChannels, Error, ListChannelAccounts,
    ListChannels, Operation, Reach, Reply, TransportError, TransportErrorKind, UpdateChannel, UpdateChannelAccount,
    UpdateChannelAccountStagingToken,
    clock::{Clock, ManualClock},
    model::{
        Channel, ChannelAccount, ChannelAccountUpdate, ChannelPatch, Page, StagingToken, StagingTokenUpdate, Timestamp,
    },
};

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Well,
    /// No connection.
    NotSent,
    /// Done, but the answer is lost.
    LostAnswer,
    /// Lost before it was done.
    LostRequest,
    /// Turned down.
    Rejected(u16),
    /// Done, but answered with this.
    DoneAnd(u16),
}

impl Fate {
    pub(crate) fn is_done(self) -> bool {
        matches!(self, Fate::Well | Fate::LostAnswer | Fate::DoneAnd(_))
    }

    /// What the caller gets instead of an answer.
    fn error<O: Operation>(self) -> Option<Error> {
        let transport = |kind, reach| Error::from_transport(O::INFO, TransportError::new(kind, reach, "lost"));
        match self {
            Fate::Well => None,
            Fate::NotSent => Some(transport(TransportErrorKind::Connect, Reach::NotSent)),
            Fate::LostAnswer | Fate::LostRequest => Some(transport(TransportErrorKind::Interrupted, Reach::Unknown)),
            Fate::Rejected(status) | Fate::DoneAnd(status) => {
                Some(Error::rejected(O::INFO, StatusCode::from_u16(status).unwrap(), HeaderMap::new(), Body::empty()))
            }
        }
    }
}

/// A thing and the time from which it is listed.
#[derive(Clone, Debug)]
pub(crate) struct Late<T> {
    pub(crate) thing: T,
    pub(crate) listed_from: Duration,
}

pub(crate) struct State {
    pub(crate) channels: Vec<Late<Channel>>,
    pub(crate) accounts: Vec<Late<ChannelAccount>>,
    pub(crate) page_size: usize,
    /// How the next looks at a list go, by their first page; well where nothing is said.
    pub(crate) looks: VecDeque<Fate>,
    /// How the next creations go.
    pub(crate) creations: VecDeque<Fate>,
    /// How the next changes go.
    pub(crate) changes: VecDeque<Fate>,
    /// How long after its creation a thing is listed.
    pub(crate) delay: Duration,
    /// Whether the id is missing from the answer to a creation.
    pub(crate) keeps_id: bool,
    pub(crate) looked: usize,
    pub(crate) created: usize,
    pub(crate) patches: Vec<ChannelPatch>,
    pub(crate) updates: Vec<ChannelAccountUpdate>,
    pub(crate) staged: Vec<(String, StagingTokenUpdate)>,
    pub(crate) options: Vec<CallOptions>,
    next_id: u64,
}

/// Clones are the same world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub(crate) fn new() -> Self {
        World {
            clock: ManualClock::new(SystemTime::UNIX_EPOCH),
            state: Arc::new(Mutex::new(State {
                channels: Vec::new(),
                accounts: Vec::new(),
                page_size: 2,
                looks: VecDeque::new(),
                creations: VecDeque::new(),
                changes: VecDeque::new(),
                delay: Duration::ZERO,
                keeps_id: false,
                looked: 0,
                created: 0,
                patches: Vec::new(),
                updates: Vec::new(),
                staged: Vec::new(),
                options: Vec::new(),
                next_id: 9000,
            })),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::from_api(self.clone()).with_clock(self.clock.clone())
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// How many creations were asked for.
    pub(crate) fn created(&self) -> usize {
        self.state().created
    }

    /// How many times a list was looked at.
    pub(crate) fn looked(&self) -> usize {
        self.state().looked
    }

    /// How many changes of accounts were asked for.
    pub(crate) fn updated(&self) -> usize {
        self.state().updates.len()
    }

    /// How many accounts users have connected.
    pub(crate) fn staged(&self) -> usize {
        self.state().staged.len()
    }

    /// How many calls came.
    pub(crate) fn asked(&self) -> usize {
        self.state().options.len()
    }

    pub(crate) fn add_channel(&self, channel: Channel, listed_from: Duration) {
        self.state().channels.push(Late {
            thing: channel,
            listed_from,
        });
    }

    pub(crate) fn add_account(&self, account: ChannelAccount, listed_from: Duration) {
        self.state().accounts.push(Late {
            thing: account,
            listed_from,
        });
    }

    /// Runs a call to its end, moving the clock whenever it waits.
    pub(crate) fn run<T>(&self, call: impl Future<Output = T> + Send) -> T {
        let mut call = pin!(call);
        for _ in 0..10_000 {
            if let Poll::Ready(value) = poll(call.as_mut()) {
                return value;
            }
            if let Some(wait) = self.clock.next_wake() {
                self.clock.advance(wait);
            }
        }
        panic!("the call does not end");
    }

    /// Runs two calls side by side, in an order that `turns` says, moving the clock when both wait.
    pub(crate) fn run_both<T>(
        &self,
        one: impl Future<Output = T> + Send,
        other: impl Future<Output = T> + Send,
        turns: &[bool],
    ) -> (T, T) {
        let (mut one, mut other) = (pin!(one), pin!(other));
        let (mut first, mut second) = (None, None);
        // Neither is left out for good.
        let mut turns = turns.iter().chain(&[true, false]).cycle();
        while first.is_none() || second.is_none() {
            let turn = turns.next().copied().unwrap_or_default();
            if (turn || second.is_some()) && first.is_none() {
                first = ready(one.as_mut());
            } else if second.is_none() {
                second = ready(other.as_mut());
            }
            let waiting = usize::from(first.is_none()) + usize::from(second.is_none());
            if waiting > 0 && self.clock.sleepers() == waiting {
                let wait = self.clock.next_wake().unwrap_or_default();
                self.clock.advance(wait);
            }
        }
        (first.unwrap(), second.unwrap())
    }

    fn page<T: Clone>(&self, things: &[Late<T>], after: Option<&str>, size: usize) -> Page<T> {
        let now = self.clock.monotonic();
        let listed: Vec<T> = things
            .iter()
            .filter(|late| late.listed_from <= now)
            .map(|late| late.thing.clone())
            .collect();
        let start: usize = after.map_or(0, |after| after.parse().unwrap());
        let end = (start + size).min(listed.len());
        let page = Page::new(listed.get(start..end).unwrap_or_default().to_vec());
        if end < listed.len() {
            page.set_next_cursor(end.to_string())
        } else {
            page
        }
    }
}

impl State {
    fn look<O: Operation>(&mut self, after: Option<&String>, options: CallOptions) -> Result<(), Error> {
        self.options.push(options);
        if after.is_some() {
            return Ok(());
        }
        self.looked += 1;
        let fate = self.looks.pop_front().unwrap_or(Fate::Well);
        fate.error::<O>().map_or(Ok(()), Err)
    }

    fn id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }
}

pub(crate) fn poll<T>(call: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    call.poll(&mut Context::from_waker(Waker::noop()))
}

fn ready<T>(call: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
    match poll(call) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Lets others have their turn, as a network does.
async fn pass() {
    let mut passed = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut passed, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[async_trait]
impl CustomChannels for World {
    async fn list_channels(&self, call: ListChannels) -> Result<Reply<Page<Channel>>, Error> {
        pass().await;
        let mut state = self.state();
        state.look::<ListChannels>(call.query.after.as_ref(), call.options)?;
        Ok(Reply::new(self.page(&state.channels, call.query.after.as_deref(), state.page_size)))
    }

    async fn create_channel(&self, call: CreateChannel) -> Result<Reply<Channel>, Error> {
        pass().await;
        let mut state = self.state();
        state.options.push(call.options);
        state.created += 1;
        let fate = state.creations.pop_front().unwrap_or(Fate::Well);
        let id = state.id();
        let mut channel = Channel::build(|channel| {
            channel.id = id.as_str().into();
            channel.name = call.body.name;
            channel.capabilities = call.body.capabilities;
            channel.webhook_url = call.body.webhook_url;
            channel.created_at = Timestamp::from(self.clock.wall()).into();
        });
        if fate.is_done() {
            let listed_from = self.clock.monotonic() + state.delay;
            state.channels.push(Late {
                thing: channel.clone(),
                listed_from,
            });
        }
        if state.keeps_id {
            channel.id = None.into();
        }
        fate.error::<CreateChannel>().map_or(Ok(Reply::new(channel)), Err)
    }

    async fn update_channel(&self, call: UpdateChannel) -> Result<Reply<Channel>, Error> {
        pass().await;
        let mut state = self.state();
        state.options.push(call.options);
        state.patches.push(call.body.clone());
        let fate = state.changes.pop_front().unwrap_or(Fate::Well);
        let late = state
            .channels
            .iter_mut()
            .find(|late| late.thing.id.as_ref() == Some(&call.channel_id));
        let Some(late) = late else {
            return Err(Fate::Rejected(404).error::<UpdateChannel>().unwrap());
        };
        if fate.is_done() {
            let (channel, patch) = (&mut late.thing, call.body);
            macro_rules! change {
                ($($member:ident)+) => { $( if !patch.$member.is_absent() { channel.$member = patch.$member; } )+ };
            }
            change!(name capabilities webhook_url channel_account_connection_redirect_url channel_description
                channel_logo_url);
        }
        let channel = late.thing.clone();
        fate.error::<UpdateChannel>().map_or(Ok(Reply::new(channel)), Err)
    }

    async fn list_channel_accounts(&self, call: ListChannelAccounts) -> Result<Reply<Page<ChannelAccount>>, Error> {
        pass().await;
        let mut state = self.state();
        state.look::<ListChannelAccounts>(call.query.after.as_ref(), call.options)?;
        Ok(Reply::new(self.page(&state.accounts, call.query.after.as_deref(), state.page_size)))
    }

    async fn create_channel_account(&self, call: CreateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        pass().await;
        let mut state = self.state();
        state.options.push(call.options);
        state.created += 1;
        let fate = state.creations.pop_front().unwrap_or(Fate::Well);
        let id = state.id();
        let account = ChannelAccount::build(|account| {
            account.id = id.as_str().into();
            account.channel_id = call.channel_id.into();
            account.inbox_id = call.body.inbox_id;
            account.name = call.body.name;
            account.authorized = call.body.authorized;
            account.delivery_identifier = call.body.delivery_identifier;
        });
        if fate.is_done() {
            let listed_from = self.clock.monotonic() + state.delay;
            state.accounts.push(Late {
                thing: account.clone(),
                listed_from,
            });
        }
        fate.error::<CreateChannelAccount>()
            .map_or(Ok(Reply::new(account)), Err)
    }

    async fn update_channel_account(&self, call: UpdateChannelAccount) -> Result<Reply<ChannelAccount>, Error> {
        pass().await;
        let mut state = self.state();
        state.options.push(call.options);
        state.updates.push(call.body.clone());
        let fate = state.changes.pop_front().unwrap_or(Fate::Well);
        let late = state
            .accounts
            .iter_mut()
            .find(|late| late.thing.id.as_ref() == Some(&call.channel_account_id));
        let Some(late) = late else {
            return Err(Fate::Rejected(404).error::<UpdateChannelAccount>().unwrap());
        };
        if fate.is_done() && !call.body.authorized.is_absent() {
            late.thing.authorized = call.body.authorized;
        }
        let account = late.thing.clone();
        fate.error::<UpdateChannelAccount>()
            .map_or(Ok(Reply::new(account)), Err)
    }

    async fn update_channel_account_staging_token(
        &self,
        call: UpdateChannelAccountStagingToken,
    ) -> Result<Reply<StagingToken>, Error> {
        pass().await;
        let mut state = self.state();
        state.options.push(call.options);
        let token = call.account_token.expose().to_owned();
        if state.staged.iter().any(|(staged, _)| *staged == token) {
            return Err(Fate::Rejected(409).error::<UpdateChannelAccountStagingToken>().unwrap());
        }
        let fate = state.changes.pop_front().unwrap_or(Fate::Well);
        if fate.is_done() {
            state.staged.push((token, call.body));
        }
        let answer = Reply::new(StagingToken::default());
        fate.error::<UpdateChannelAccountStagingToken>().map_or(Ok(answer), Err)
    }
}
