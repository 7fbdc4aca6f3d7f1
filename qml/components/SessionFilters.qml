// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat
import Loquat.Models

Row {
    id: filters

    required property int needsYou
    required property SessionFilterModel sessions

    spacing: 7

    Chip {
        checked: filters.sessions.show === SessionFilterModel.All
        text: qsTr("All")

        onClicked: filters.sessions.show = SessionFilterModel.All
    }

    Chip {
        checked: filters.sessions.show === SessionFilterModel.Streaming
        text: qsTr("Streaming")

        onClicked: filters.sessions.show = SessionFilterModel.Streaming
    }

    Chip {
        checked: filters.sessions.show === SessionFilterModel.NeedsYou
        text: filters.needsYou > 0 ? qsTr("Needs you %1").arg(filters.needsYou) : qsTr("Needs you")

        onClicked: filters.sessions.show = SessionFilterModel.NeedsYou
    }

    Chip {
        checked: filters.sessions.show === SessionFilterModel.Ended
        text: qsTr("Ended")

        onClicked: filters.sessions.show = SessionFilterModel.Ended
    }
}
