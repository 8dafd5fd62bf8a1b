import CedarAnalysis

// Attributes, tags, the hierarchy and decisions of sets.

extension HandQuestion {
    static let access = [
        HandQuestion(.neverErrors, "principal.boss.level > 2", false),
        HandQuestion(.neverErrors, "principal.getTag(\"x\") == \"y\"", false),
        HandQuestion(
            .neverErrors,
            "principal.hasTag(context.purpose) && principal.getTag(context.purpose) == \"y\"", true),
        HandQuestion(
            .neverErrors, "principal.hasTag(\"x\") && principal.getTag(\"y\") == \"y\"", false),
        HandQuestion(.neverErrors, "context has opt && context.opt > 2", true),
        HandQuestion(.neverErrors, "context.opt > 2", false),
        HandQuestion(.neverErrors, "context has opt && context.opt + 1 > 2", false),
        HandQuestion(.neverErrors, "context has extra.inner.k && context.extra.inner.k > 2", true),
        HandQuestion(.neverErrors, "context has extra && context.extra.inner.k > 2", false),
        HandQuestion(.neverErrors, "resource has note && resource.note like \"x*\"", true),
        HandQuestion(.neverErrors, "principal.boss has boss && principal has boss", false),
        HandQuestion(.neverErrors, "Officer::\"ann\".level > 3", true),
        HandQuestion(.alwaysMatches, "principal has level", true),
        HandQuestion(.neverMatches, "principal has nothing", true),
        HandQuestion(.alwaysMatches, "principal has boss", false),
        HandQuestion(.alwaysMatches, "principal == principal", true),
        HandQuestion(.neverMatches, "principal == resource", true),
        HandQuestion(.neverMatches, "principal has boss && principal.boss == principal", false),
        HandQuestion(
            .implies, "principal == Officer::\"ann\" && Officer::\"ann\".level == 3",
            "principal.level == 3", true),
        HandQuestion(
            .implies, "principal has boss && principal.boss == principal && principal.level == 2",
            "principal has boss && principal.boss.level == 2", true),
        HandQuestion(
            .neverMatches,
            "principal.hasTag(\"x\") && principal.getTag(\"x\") == \"a\" && principal.name == \"x\" && principal.getTag(principal.name) == \"b\"",
            true),
        HandQuestion(
            .neverMatches,
            "resource.desk.hasTag(\"x\") && resource.desk.getTag(\"x\").contains(3) && resource.desk.getTag(\"x\") == [4]",
            true),
        HandQuestion(
            .neverMatches, "resource.desk.hasTag(\"x\") && resource.desk.getTag(\"x\").contains(3)",
            false),
        HandQuestion(
            .neverMatches, "principal.home == { city: \"a\" } && principal.home has zip", true),
        HandQuestion(
            .neverMatches,
            "principal.home == { city: \"a\", zip: 3 } && principal.home.city == \"a\"", false),
        HandQuestion(.alwaysMatches, "principal is Officer", true),
        HandQuestion(.neverMatches, "principal is Field", true),
        HandQuestion(
            .equivalent, "principal is Officer in Dept::\"x\"", "principal in Dept::\"x\"", true),
        HandQuestion(
            .alwaysMatches,
            "principal.grade == Grade::\"low\" || principal.grade == Grade::\"mid\" || principal.grade == Grade::\"high\"",
            true),
        HandQuestion(
            .neverMatches,
            "principal.grade != Grade::\"low\" && principal.grade != Grade::\"mid\" && principal.grade != Grade::\"high\"",
            true),
        HandQuestion(.neverMatches, "principal.level == \"1\"", true),
        HandQuestion(.neverErrors, "principal.level < \"1\"", false),
        HandQuestion(.neverErrors, "if context.flag then context.opt > 1 else true", false),
        HandQuestion(
            .neverErrors, "context.flag && (if context has opt then context.opt > 1 else true)",
            true),
    ]

    static let hierarchy = [
        HandQuestion(
            .neverMatches, "Dept::\"a\" in Dept::\"b\" && Dept::\"b\" in Dept::\"a\"", true),
        HandQuestion(
            .neverMatches,
            "Dept::\"a\" in Dept::\"b\" && Dept::\"b\" in Dept::\"c\" && Dept::\"c\" in Dept::\"a\"",
            true),
        HandQuestion(
            .neverMatches,
            "principal.dept in resource.owner && resource.owner in principal.dept && principal.dept != resource.owner",
            true),
        HandQuestion(
            .neverMatches, "principal.dept in resource.owner && resource.owner in principal.dept",
            false),
        HandQuestion(
            .implies, "principal in Dept::\"a\" && Dept::\"a\" in Dept::\"b\"",
            "principal in Dept::\"b\"", true),
        HandQuestion(
            .implies, "principal in Office::\"o\" && Office::\"o\" in Dept::\"b\"",
            "principal in Dept::\"b\"", true),
        HandQuestion(.implies, "principal in Dept::\"b\"", "principal in Office::\"o\"", false),
        HandQuestion(
            .equivalent, "principal in [Dept::\"a\", Dept::\"b\"]",
            "principal in Dept::\"a\" || principal in Dept::\"b\"", true),
        HandQuestion(
            .implies, "principal.dept == Dept::\"a\"", "principal.dept in Dept::\"a\"", true),
        HandQuestion(.neverMatches, "principal in principal.seen", false),
        HandQuestion(
            .implies, "principal in principal.seen && principal.seen == [Dept::\"a\"]",
            "principal in Dept::\"a\"", true),
        HandQuestion(
            .implies, "principal.seen.contains(Dept::\"a\") && principal in Dept::\"a\"",
            "principal in principal.seen", true),
        HandQuestion(
            .neverMatches, "principal in principal.seen && principal.seen.isEmpty()", true),
        HandQuestion(
            .implies, "Dept::\"a\" in principal.seen && principal in Dept::\"a\"",
            "principal in principal.seen", true),
        HandQuestion(
            .implies, "Dept::\"a\" in principal.seen", "principal in principal.seen", false),
        HandQuestion(.neverMatches, "principal in resource", true),
        HandQuestion(.neverMatches, "resource in principal", true),
        HandQuestion(.alwaysMatches, "action in Action::\"any\"", true),
        HandQuestion(.neverMatches, "action in Action::\"write\"", true),
        HandQuestion(.alwaysMatches, "action in [Action::\"write\", Action::\"read\"]", true),
        HandQuestion(
            .neverMatches,
            "principal has boss && principal in Dept::\"a\" && !(principal.boss in Dept::\"a\") && principal.boss == principal",
            true),
        HandQuestion(
            .neverMatches,
            "principal has boss && principal in Dept::\"a\" && !(principal.boss in Dept::\"a\")",
            false),
        HandQuestion(.neverErrors, "principal.dept in resource.owner", true),
        HandQuestion(
            .equivalent, "permit (principal in Dept::\"a\", action == Action::\"read\", resource);",
            "principal in Dept::\"a\"", true),
        HandQuestion(
            .equivalent,
            "permit (principal is Officer in Role::\"r\", action in [Action::\"any\"], resource);",
            "principal in Role::\"r\"", true),
        HandQuestion(
            .neverMatches, "permit (principal, action == Action::\"write\", resource);", true),
    ]

    static let decisions = [
        HandQuestion(
            .alwaysAllows, "permit (principal, action, resource) unless { context.n + 1 > 0 };",
            false),
        HandQuestion(
            .alwaysDenies,
            "permit (principal, action, resource) when { context.n + 1 > 0 && context.n == 9223372036854775807 };",
            true),
        HandQuestion(
            .alwaysDenies, "permit (principal, action, resource) when { context.opt > 0 };", false),
        HandQuestion(
            .alwaysAllows,
            "permit (principal, action, resource); forbid (principal, action, resource) when { context.n + 1 > 0 && context.n + 1 < 0 };",
            true),
        HandQuestion(
            .alwaysAllows,
            "permit (principal, action, resource); forbid (principal, action, resource) when { context has opt };",
            false),
        HandQuestion(.alwaysDenies, "", true),
        HandQuestion(.implies, "context.flag && principal.active", "principal.active", true),
        HandQuestion(
            .equivalent, "permit (principal, action, resource) unless { context.flag };",
            "!context.flag", true),
        HandQuestion(
            .equivalent, "permit (principal, action, resource) unless { context.opt > 1 };",
            "context has opt && context.opt <= 1", true),
        HandQuestion(
            .matchesImplies, "forbid (principal, action, resource) when { context.n > 3 };",
            "context.n > 2", true),
        HandQuestion(.matchesEquivalent, "context.n + 1 > 1", "context.n > 0", false),
        HandQuestion(.matchesDisjoint, "context.n > 1", "context.n < 2", true),
        HandQuestion(.matchesDisjoint, "context.n > 1", "context.n < 3", false),
        HandQuestion(
            .equivalent,
            "permit (principal, action, resource); forbid (principal, action, resource) when { context.flag };",
            "permit (principal, action, resource) unless { context.flag };", true),
        HandQuestion(
            .equivalent,
            "permit (principal, action, resource); forbid (principal, action, resource) when { context.opt > 1 };",
            "permit (principal, action, resource) unless { context.opt > 1 };", false),
        HandQuestion(
            .disjoint, "permit (principal, action, resource) when { principal.level > 3 };",
            "permit (principal, action, resource); forbid (principal, action, resource) when { principal.level >= 3 };",
            true),
        HandQuestion(.neverMatches, "if context.flag then !context.flag else context.flag", true),
    ]
}
