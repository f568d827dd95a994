"""``beholder doctor``: whether an installation is well, and what to do where it is not."""

from typing import Annotated

import typer


def doctor(
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Also read every picture and every session's log, and the whole database."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list instead, for scripts.")] = False,
) -> None:
    """Look at everything an installation needs, changing nothing; exit code 1 where something is wrong."""
    import json
    from dataclasses import asdict

    from app.cli._doctor import Health, examine

    findings = []
    for finding in examine(verify=verify):
        findings.append(finding)
        if not as_json:
            typer.echo(f"{finding.state:<5} {finding.check}: {finding.finding}")
            if finding.fix:
                typer.echo(f"      → {finding.fix}")
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    if any(finding.state is Health.ILL for finding in findings):
        raise typer.Exit(1)
