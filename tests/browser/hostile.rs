//! Neither what messages bring along nor other pages get hold of the page and the emulator.

use std::net::Ipv4Addr;

use axum::{Router, http::header::CONTENT_TYPE, response::IntoResponse as _, routing::get};
use hubchannel::emulator::AgentMessage;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    browser::{Result, with_page},
    world::World,
};

/// Everything that would leave a mark if it ran.
const HOSTILE: &str = "<script>window.ran = 'script'</script>\
    <img src='x' onerror=\"window.ran = 'onerror'\">\
    <svg onload=\"window.ran = 'svg'\"><script>window.ran = 'svg script'</script></svg>\
    <a id='bait' href='javascript:window.ran = &quot;link&quot;'>link</a>\
    <iframe srcdoc=\"<script>parent.ran = 'frame'</script>\"></iframe>\
    <style>body { display: none }</style>\
    <form action='javascript:window.ran = 1'><button id='trap'>press</button></form>\
    <b>bold words</b>";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_message_runs() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        world.visitor_says_html(HOSTILE, HOSTILE).await?;
        page.open(&world.page()).await?;
        page.click("#threads .row").await?;
        page.until_text("#entries .rich b", "bold words").await?;

        world.visitor_says(HOSTILE, HOSTILE).await?;
        page.until_text("#entries li:last-child .text", "<script>").await?;
        page.run("for (const link of document.querySelectorAll('#entries a')) link.click()").await?;
        let foreign = "return document.querySelectorAll('main :is(script, iframe, style, svg, #bait, #trap), [onerror], \
                       [onload], a[href^=javascript]').length";
        assert_eq!(page.run(foreign).await?, 0);
        assert_eq!(page.run("return window.ran ?? null").await?, Value::Null);
        assert_eq!(page.run("return getComputedStyle(document.body).display").await?, "grid");
        assert_eq!(page.run("return document.querySelectorAll('#entries > li').length").await?, 2);
        Ok(())
    })
    .await
}

/// Whatever a page elsewhere can try, and a note of what it got.
const ATTACK: &str = r##"<!doctype html><meta charset="utf-8"><title>elsewhere</title>
<form id="form" method="post" target="sink" enctype="text/plain"><input name='{"for":"' value='"}'></form>
<iframe name="sink"></iframe><iframe id="frame"></iframe>
<script type="module">
    const emulator = new URLSearchParams(location.search).get("emulator");
    const api = emulator + "_emulator/api/";
    const got = [];
    const attempt = async (name, work) => {
        try {
            const answer = await work();
            got.push(`${name}: ${answer.type} ${answer.type === "opaque" ? "" : await answer.text()}`);
        } catch {
            got.push(`${name}: kept out`);
        }
    };
    const fault = JSON.stringify({ fault: { kind: "DROP_BEFORE_EFFECT" } });
    const json = { "Content-Type": "application/json" };
    await attempt("read", () => fetch(api + "overview"));
    await attempt("credentials", () => fetch(api + "credentials"));
    await attempt("json", () => fetch(api + "faults", { method: "POST", headers: json, body: fault }));
    await attempt("blind", () => fetch(api + "faults", { method: "POST", mode: "no-cors", body: fault }));
    await attempt("blind json", () => fetch(api + "faults", { method: "POST", mode: "no-cors", headers: json, body: fault }));
    await attempt("delete", () => fetch(api + "faults/1", { method: "DELETE", headers: json, body: "{}" }));
    await new Promise((resolve) => {
        const source = new EventSource(api + "events");
        source.onopen = () => { got.push("events: open"); resolve(); };
        source.onerror = () => { got.push("events: kept out"); source.close(); resolve(); };
    });
    const loaded = (frame) => new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    const sunk = loaded(document.querySelector("[name=sink]"));
    document.querySelector("#form").action = api + "clock/freeze";
    document.querySelector("#form").submit();
    await sunk;
    const framed = loaded(document.querySelector("#frame"));
    document.querySelector("#frame").src = emulator + "_emulator/";
    await framed;
    got.push(`frames: ${document.querySelector("#frame").contentWindow.length}`);
    document.title = "done";
    window.got = got;
</script>"##;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_elsewhere_cannot_drive_the_emulator() -> Result {
    let world = World::start().await?;
    world.visitor_says("Ada", "Hello").await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let page = || async { ([(CONTENT_TYPE, "text/html")], ATTACK).into_response() };
    let router = Router::new().route("/", get(page));
    tokio::spawn(async move { axum::serve(listener, router).await });

    with_page(move |page| async move {
        let emulator = format!("http://{}/", world.server.address());
        // Another origin of the same site, and another site.
        for host in ["127.0.0.1", "localhost"] {
            page.open(&format!("http://{host}:{port}/?emulator={emulator}")).await?;
            page.until("document.title === 'done'").await?;
            let got = page.run("return window.got.join('\\n')").await?;
            let got = got.as_str().ok_or("no notes")?.to_owned();
            for name in ["read", "credentials", "json", "delete", "events"] {
                assert!(got.contains(&format!("{name}: kept out")), "from {host}:\n{got}");
            }
            assert!(world.emulator.faults().is_empty(), "from {host}:\n{got}");
        }
        page.open(&world.page()).await?;
        page.until_text("#clock-state", ":").await?;
        page.until("!document.querySelector('#clock-state').textContent.includes('frozen')")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn long_strange_and_many_things_leave_the_page_in_order() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        let names = [
            "W".repeat(400),
            "\u{202e}\u{200b}\u{2066}".to_owned(),
            "محمد عبد الله".to_owned(),
            "\u{200d}".repeat(70),
        ];
        for (name, text) in names.iter().zip([
            "w".repeat(9000),
            "مرحبا".repeat(300),
            "\u{202e}".repeat(50),
            "x\n".repeat(3000),
        ]) {
            world.visitor_says(name, &text).await?;
        }
        let message = world.visitor_says("Ada", "Hello").await?;
        let thread = message.conversations_thread_id.as_ref().ok_or("no thread")?;
        for number in 0..1500 {
            world
                .emulator
                .agent_replies(thread.clone(), AgentMessage::new(format!("Reply {number}")))?;
        }
        page.open(&world.page()).await?;
        for (width, scheme) in [(1440, "light"), (900, "dark"), (360, "light")] {
            page.look_like(width, 800, scheme).await?;
            for place in 0..=names.len() {
                let open = format!("document.querySelectorAll('#threads .row')[{place}].click()");
                page.until("document.querySelectorAll('#threads .row').length > 4")
                    .await?;
                page.run(&open).await?;
                page.until("document.querySelectorAll('#entries .bubble').length > 0")
                    .await?;
                for view in ["list", "thread", "traffic", "controls", "setup", "keys"] {
                    page.run(&format!("document.querySelector('#views [data-view={view}]').click()"))
                        .await?;
                    let wide = "return document.documentElement.scrollWidth - innerWidth";
                    assert_eq!(page.run(wide).await?, json!(0), "{view} at {width}, conversation {place}");
                }
            }
        }
        page.run(
            "[...document.querySelectorAll('#threads .row')].find((row) => row.textContent.includes('Ada')).click()",
        )
        .await?;
        page.until_text("#entries li:last-child", "Reply 1499").await?;
        let drawn = page
            .run("return document.querySelectorAll('#entries > li, #log > li').length")
            .await?;
        assert!(drawn.as_u64().is_some_and(|drawn| drawn <= 300), "{drawn}");
        page.click("#earlier").await?;
        page.until("document.querySelectorAll('#entries > li').length === 400")
            .await?;
        Ok(())
    })
    .await
}
