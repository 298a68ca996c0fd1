"""Every endpoint -> who may, in one table joined from the areas. An endpoint without a line is refused; tests hold the table
against the routes, and that no endpoint has two lines."""

from __future__ import annotations

from calakan.policy import accounts, courses, figures, learning, papers, programs, site, speakers
from calakan.web.access import Access

AREAS = (site, accounts, courses, speakers, learning, papers, figures, programs)
POLICY: dict[str, Access] = {endpoint: access for area in AREAS for endpoint, access in area.ENDPOINTS.items()}
