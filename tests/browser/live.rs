//! What happens to the emulator shows on the page without reloading it.

use hubchannel::emulator::{Fault, HttpServer};

use crate::{
    browser::{Result, with_page},
    world::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_empty_page_says_how_to_begin_and_a_visitors_message_appears_on_it() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        page.until_text("#thread-none pre", "curl http://127.0.0.1:").await?;
        page.until_text("#thread-none pre", world.emulator.access_token().expose())
            .await?;
        page.run("window.sameDocument = true").await?;

        world.visitor_says("Ada", "Is the blue lamp in stock?").await?;
        page.until_text("#threads .row", "Is the blue lamp in stock?").await?;
        page.click("#threads .row").await?;
        page.until_text("#entries .visitor", "Is the blue lamp in stock?")
            .await?;

        world.visitor_says("Ada", "Or the red one?").await?;
        page.until_text("#entries li:last-child", "Or the red one?").await?;
        page.until_text("#announcer", "Ada: Or the red one?").await?;
        assert_eq!(page.run("return window.sameDocument").await?, true);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_faults_and_deliveries_are_in_the_log_and_a_delivery_is_replayed_from_there() -> Result {
    let mut world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        let message = world.visitor_says("Ada", "Hello").await?;
        page.until_text("#log [data-entry^=r] .row", "publish message").await?;

        let thread = message.conversations_thread_id.as_ref().ok_or("no thread")?;
        world.emulator.agent_replies(thread.clone(), "Good morning")?;
        world.until_bridge_has("Good morning").await?;
        page.until_text("#log [data-entry=d0] .row", "delivered").await?;
        page.click("#log [data-entry=d0] .row").await?;
        page.until_text("#log [data-entry=d0] .headers", "x-hubspot-signature-v3")
            .await?;
        page.until_text("#log [data-entry=d0] .body", "Good morning").await?;

        page.click("#log [data-entry=d0] [data-focus=replay]").await?;
        page.until_text("#log [data-entry=d1] .row", "replay of 0").await?;
        let twice = |replies: &Vec<String>| replies.iter().filter(|reply| *reply == "Good morning").count() == 2;
        world.replies.wait_for(twice).await?;

        world.emulator.fail_next(Fault::DropAfterEffect);
        page.until_text("#fault-state", "1 fault").await?;
        page.click("#views [data-view=controls]").await?;
        page.click("#rules button").await?;
        page.until("document.querySelector('#fault-state').hidden").await?;
        assert!(world.emulator.faults().is_empty());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_stopped_moved_and_let_go_on() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        page.click("#views [data-view=controls]").await?;
        page.click("#freeze").await?;
        page.until_text("#clock-state", "frozen").await?;
        let before = page
            .run("return document.querySelector('#clock-time').textContent")
            .await?;
        page.click("[data-advance='60000']").await?;
        page.until(&format!("document.querySelector('#clock-time').textContent !== {before}"))
            .await?;
        page.click("#freeze").await?;
        page.until("!document.querySelector('#clock-state').textContent.includes('frozen')")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_when_the_emulator_is_gone_and_goes_on_when_it_is_back() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        page.until_text("#link", "live").await?;
        let address = world.server.address();
        world.server.shutdown().await?;
        page.until("!document.querySelector('#gone').hidden").await?;

        let _server = HttpServer::bind(world.emulator.clone(), address).await?;
        page.until("document.querySelector('#gone').hidden").await?;
        page.until_text("#link", "live").await?;
        Ok(())
    })
    .await
}
