"""The roles there are, and the one audience whose file each may see."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

from etl.definitions.messages import Name, Text, _

Role = Literal["central", "lead", "forum"]
ROLES: tuple[Role, ...] = get_args(Role)


class NoSuchRole(ValueError):
    """A role, or the site of a lead, that there is not; the message says what there is."""


@dataclass(frozen=True)
class Who:
    """Somebody who asks: a name, a role and, for a lead, the site. `label` is how the page names them."""

    name: str
    role: Role
    site: str = ""
    label: str = ""

    @property
    def audience(self) -> str:
        """The audience whose file this person's requests open, and no other."""
        return self.site if self.role == "lead" else self.role

    @property
    def words(self) -> Text:
        """The role as a person says it."""
        if self.role == "lead":
            return _("lead of {site}", site=Name(self.site.replace("_", " ").title()))
        return _("central team") if self.role == "central" else _("forum")


def who_is(name: str, role: str, site: str = "", label: str = "") -> Who:
    """Somebody by name, role and site. Raises NoSuchRole unless the two fit together."""
    if role not in ROLES:
        raise NoSuchRole(f"There is no role “{role}”: choose {', '.join(ROLES)}.")
    if (role == "lead") != bool(site):
        raise NoSuchRole("A lead has a site, and nobody else has one: --role lead --site croydon.")
    if site in ROLES:
        raise NoSuchRole(f"“{site}” is the name of an audience, not of a site.")
    return Who(name, cast(Role, role), site, label or name)


def of_audience(audience: str, name: str) -> Who:
    """Somebody who sees what an audience sees: `central`, `forum` or a site's name."""
    if audience in ("central", "forum"):
        return who_is(name, audience)
    return who_is(name, "lead", audience)
