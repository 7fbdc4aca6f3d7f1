// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import Loquat
import Loquat.Models

/// How a session ended, once it has: subject, summary, outcome and what is left to do.
Column {
    id: card

    required property InspectorModel inspector
    readonly property bool written: inspector.summary.length > 0

    spacing: 8

    SelectableText {
        font.weight: Font.DemiBold
        text: card.inspector.summaryTitle
        visible: text.length > 0
        width: parent.width
    }

    SelectableText {
        color: Theme.dim
        text: card.written ? card.inspector.summary : qsTr("Written when the session ends.")
        width: parent.width
    }

    Fact {
        kind: card.inspector.summaryOutcomeKind
        name: qsTr("Outcome")
        value: card.inspector.summaryOutcome
        visible: value.length > 0
    }

    Fact {
        name: qsTr("Wanted")
        value: card.inspector.summaryIntent
        visible: value.length > 0
    }

    Fact {
        name: qsTr("Language")
        value: card.inspector.summaryLanguage
        visible: value.length > 0
    }

    BodyText {
        dimmed: true
        text: qsTr("Still open")
        visible: card.inspector.openPoints.length > 0
    }

    Repeater {
        model: card.inspector.openPoints

        Row {
            id: point

            required property string modelData

            width: card.width

            BodyText {
                Accessible.ignored: true
                text: "•"
                width: 14
            }

            SelectableText {
                text: point.modelData
                width: point.width - 14
            }
        }
    }
}
