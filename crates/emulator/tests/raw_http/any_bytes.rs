//! Requests that are altered, cut, doubled or put together of pieces, and bytes that are none.

use proptest::{collection::vec, prelude::*, sample::select};
use tokio::io::AsyncWriteExt;

use crate::{
    AUTH, JSON,
    common::{MESSAGES, hello},
    length, publish, rest, start,
};

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let body = hello().to_string();
    let whole = publish(&length(&body), &body);
    let words = select(vec![
        "GET ",
        "POST ",
        "HTTP/1.1",
        "\r\n",
        "\r\n\r\n",
        ":",
        " ",
        "content-length: 5\r\n",
        "transfer-encoding: chunked\r\n",
        "0\r\n\r\n",
        "connection: close\r\n",
        "expect: 100-continue\r\n",
        AUTH,
        JSON,
        MESSAGES,
        "{}",
        "\0",
        "%",
    ]);
    prop_oneof![
        // A good request with some bytes of it changed, cut, or doubled.
        3 => (vec((0..whole.len(), any::<u8>()), 0..4), 0..=whole.len(), 1..3_usize).prop_map(move |(changes, end, times)| {
            let mut bytes = whole.clone();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            bytes.truncate(end);
            bytes.repeat(times)
        }),
        1 => vec(words, 0..30).prop_map(|words| words.concat().into_bytes()),
        1 => vec(any::<u8>(), 0..300),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_stop_the_server(connections in vec(pieces(), 1..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let world = start().await;
            for bytes in connections {
                let mut stream = world.connect().await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                let answer = rest(&mut stream).await;
                assert!(!answer.windows(12).any(|window| window == b"HTTP/1.1 500"), "{bytes:?}");
            }
            world.is_well().await;
            world.server.shutdown().await.unwrap();
        });
    }
}
