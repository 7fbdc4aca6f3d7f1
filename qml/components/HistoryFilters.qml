// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Which stored sessions: by their state and their user.
RowLayout {
    id: filters

    required property HistoryModel found

    spacing: 7

    Chip {
        checked: filters.found.status === HistoryModel.Any
        text: qsTr("All")

        onClicked: filters.found.status = HistoryModel.Any
    }

    Chip {
        checked: filters.found.status === HistoryModel.Active
        text: qsTr("Live")

        onClicked: filters.found.status = HistoryModel.Active
    }

    Chip {
        checked: filters.found.status === HistoryModel.Completed
        text: qsTr("Ended")

        onClicked: filters.found.status = HistoryModel.Completed
    }

    SearchField {
        Accessible.name: qsTr("Only this user")
        Layout.fillWidth: true
        implicitHeight: 28
        keys: ""
        placeholderText: qsTr("User, whole id")
        text: filters.found.user

        Keys.onEscapePressed: filters.found.user = ""
        onTextEdited: filters.found.user = text
    }
}
