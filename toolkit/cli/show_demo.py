"""The demo's results as lines for a person."""

from __future__ import annotations

from toolkit.cli.console import say
from toolkit.cli.show import show_sum
from toolkit.cli.show import show_verdict
from toolkit.cli.show import tell_left
from toolkit.cli.show_round import show_progress
from toolkit.cli.show_round import show_round_up
from toolkit.pipeline.demo import Demo


def show_demo(done: Demo) -> None:
    """The demo's rounds, the real reports, and where everything is."""
    say("\n一、云岭区（虚构）：收件和核对，样例里故意放了几份有错的")
    show_round_up(done.district, everything=True)
    say("\n二、进度和催报（xxgk status）")
    show_progress(done.status)
    say("\n三、宿迁市 2023 年：成员汇总（各成员的收办件数和全市合计是公布数，成员之间的分配为示意）")
    show_sum(done.city.total, done.city.findings)
    for path in done.city.files:
        say(f"  已写出 {path}")
    say("\n四、三份已公开年报的数字")
    for verdict in done.real:
        show_verdict(verdict)
    say("\n五、其他结果文件")
    for path in (done.template, *done.reports):
        say(f"  {path}")
    tell_left(done.left)
