// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Saves the conversation that is read: as what, and where.
Rectangle {
    id: bar

    required property ExportModel saving

    function focusPath() {
        path.forceActiveFocus();
    }

    color: Theme.panel
    implicitHeight: column.implicitHeight + 24

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.margins: 20
        anchors.right: parent.right
        spacing: 8
        y: 12

        SegmentedChoice {
            choices: bar.saving.formats
            current: bar.saving.format

            onChosen: index => bar.saving.format = index
        }

        RowLayout {
            spacing: 10

            SearchField {
                id: path

                Accessible.name: qsTr("Save to")
                Layout.fillWidth: true
                font.family: Theme.mono
                font.pixelSize: Theme.code
                keys: ""
                placeholderText: qsTr("Where to save it")
                text: bar.saving.path

                onAccepted: bar.saving.save()
                onTextEdited: bar.saving.path = text
            }

            PushButton {
                enabled: !bar.saving.busy
                primary: true
                text: qsTr("Save")

                onClicked: bar.saving.save()
            }
        }

        SelectableText {
            Accessible.name: text
            Accessible.role: Accessible.AlertMessage
            Layout.fillWidth: true
            color: bar.saving.failed ? Theme.bad : Theme.dim
            font.pixelSize: 12
            text: bar.saving.message
            visible: text.length > 0
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.line
        height: 1
        width: parent.width
    }
}
