//! The log goes back as far as the emulator's, and stays live meanwhile.

use std::time::Duration;

use hubchannel::{Client, GetMessage, emulator::Fault};

use crate::{
    browser::{Page, Result, with_page},
    world::World,
};

/// More than the page reads in two goes.
const CALLS: usize = 1_200;

/// Lets the log fill with calls, the first of which is a visitor's message.
async fn fill(world: &World) -> Result {
    world.visitor_says("Ada", "The very first words").await?;
    let client = Client::new(
        world
            .emulator
            .transport()
            .with_access_token(world.emulator.access_token()),
    );
    for _ in 1..CALLS {
        // None is found, or there are too many within ten seconds: either is an entry.
        let call = GetMessage::new(world.emulator.channel_id(), "5c1f");
        assert!(client.get_message(call).await.is_err());
    }
    Ok(())
}

/// Opens the page, whose log begins with the newest hundred.
async fn open(page: &Page, world: &World) -> Result {
    page.open(&world.page()).await?;
    page.until("document.querySelectorAll('#log > li').length === 100")
        .await?;
    Ok(())
}

/// Asks for older entries until this one is there. What comes meanwhile may show it too, so no button must be there to press.
async fn look_back_to(page: &Page, entry: &str) -> Result {
    let there = format!("document.querySelector('#log [data-entry={entry}]') !== null");
    for _ in 0..=CALLS / 100 {
        if page.run(&format!("return {there}")).await? == true {
            return Ok(());
        }
        let press = "const drawn = document.querySelectorAll('#log > li').length; \
                     document.querySelector('#traffic-more').click(); return drawn";
        let drawn = page.run(press).await?;
        page.until(&format!("{there} || document.querySelectorAll('#log > li').length > {drawn}"))
            .await?;
    }
    Err(format!("looking back does not lead to {entry}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn older_calls_are_shown_page_by_page_while_the_log_stays_live() -> Result {
    let world = World::start().await?;
    fill(&world).await?;
    with_page(|page| async move {
        open(&page, &world).await?;
        look_back_to(&page, "r0").await?;
        page.until("document.querySelector('#traffic-more').hidden").await?;
        page.until("document.activeElement.matches('#log .row')").await?;
        let numbers =
            "return JSON.stringify([...document.querySelectorAll('#log > li')].map((row) => row.dataset.entry))";
        let expected: Vec<String> = (0..CALLS).rev().map(|number| format!("r{number}")).collect();
        let shown = page.run(numbers).await?;
        assert_eq!(serde_json::from_str::<Vec<String>>(shown.as_str().ok_or("no text")?)?, expected);

        // What comes now stands above, also when its answer is late, and pushes nothing out.
        world
            .emulator
            .fail_next(Fault::DelayAfterEffect(Duration::from_millis(300)));
        world.visitor_says("Grace", "Late").await?;
        let late = format!("document.querySelector('#log [data-entry=r{CALLS}] .tag')");
        page.until(&format!("/^\\d{{3}}$/.test({late}?.textContent)")).await?;
        // It may have been one too many, and come again.
        page.until_text("#log > li:first-child .title", "publish message")
            .await?;
        page.until_text("#log > li:first-child .tag", "201").await?;
        page.until("document.querySelector('#log > li:last-child').dataset.entry === 'r0'")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_is_found_further_back() -> Result {
    let world = World::start().await?;
    fill(&world).await?;
    with_page(|page| async move {
        open(&page, &world).await?;
        page.click("#traffic-find").await?;
        page.keys("very first words").await?;
        page.until_text("#traffic-none", "since").await?;
        page.click("#traffic-more").await?;
        page.until_text("#log [data-entry=r0] .row", "publish message").await?;
        page.until("document.querySelectorAll('#log > li').length === 1")
            .await?;
        page.until("document.querySelector('#traffic-more').hidden").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn older_deliveries_are_shown_too() -> Result {
    const REPLIES: usize = 520;

    let mut world = World::start().await?;
    let message = world.visitor_says("Ada", "Hello").await?;
    let thread = message.conversations_thread_id.as_ref().ok_or("no thread")?;
    for number in 0..REPLIES {
        world
            .emulator
            .agent_replies(thread.clone(), format!("Reply {number}").as_str())?;
    }
    // Delivered or not yet, all of them are in the log; the first one is over.
    world.until_bridge_has("Reply 0").await?;
    with_page(|page| async move {
        open(&page, &world).await?;
        page.run("const which = document.querySelector('#traffic-which'); which.value = 'deliveries'; which.dispatchEvent(new Event('change'))")
            .await?;
        page.until("!document.querySelector('#log [data-entry^=r]')").await?;
        look_back_to(&page, "d0").await?;
        page.until("document.querySelector('#traffic-more').hidden").await?;
        page.until(&format!("document.querySelectorAll('#log > li').length === {REPLIES}"))
            .await?;
        Ok(())
    })
    .await
}
