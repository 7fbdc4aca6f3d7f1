// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The calls that wait for a person, and how every tool that was called is doing.
Item {
    id: page

    required property ToolsModel tools
    required property WaitingCallsModel waiting

    signal conversationWanted(string sessionId)

    ScrollView {
        id: scroll

        Accessible.name: qsTr("Tools")
        Keys.onDownPressed: ScrollBar.vertical.increase()
        Keys.onUpPressed: ScrollBar.vertical.decrease()
        activeFocusOnTab: true
        anchors.fill: parent
        contentWidth: availableWidth
        visible: page.tools.count > 0 || page.waiting.count > 0

        ColumnLayout {
            spacing: 14
            width: scroll.availableWidth

            RowLayout {
                Layout.leftMargin: 32
                Layout.rightMargin: 32
                Layout.topMargin: 28
                spacing: 9

                BodyText {
                    Accessible.name: text
                    Accessible.role: Accessible.Heading
                    font.pixelSize: Theme.title
                    font.weight: Font.DemiBold
                    text: qsTr("Tools")
                }

                BodyText {
                    Layout.fillWidth: true
                    dimmed: true
                    text: page.tools.summary
                }
            }

            SectionTitle {
                Layout.leftMargin: 32
                text: page.waiting.count === 1 ? qsTr("1 call waits for you") : qsTr("%1 calls wait for you").arg(page.waiting.count)
                visible: page.waiting.count > 0
            }

            Repeater {
                model: page.waiting

                delegate: WaitingCall {
                    id: call

                    Layout.fillWidth: true
                    Layout.leftMargin: 32
                    Layout.maximumWidth: 960
                    Layout.rightMargin: 32

                    onApproved: page.waiting.approve(call.sessionId, call.callId)
                    onDenied: page.waiting.deny(call.sessionId, call.callId)
                    onOpened: page.conversationWanted(call.sessionId)
                }
            }

            SectionTitle {
                Layout.leftMargin: 32
                Layout.topMargin: 6
                text: qsTr("Called since this console looks")
                visible: page.tools.count > 0
            }

            Repeater {
                model: page.tools

                delegate: ToolRow {
                    Layout.fillWidth: true
                    Layout.leftMargin: 32
                    Layout.maximumWidth: 960
                    Layout.rightMargin: 32
                }
            }

            Item { implicitHeight: 14 }
        }
    }

    FocusRing {
        anchors.margins: 1
        control: scroll
        radius: 0
    }

    EmptyState {
        anchors.centerIn: parent
        explanation: qsTr("Every tool that the assistant calls is listed here, with how often it failed and how long it takes; a call that waits for approval comes first. Which tools it may call is set up with the tools and mcpServers of loquat.json.")
        title: qsTr("No tool was called yet")
        visible: !scroll.visible
        width: Math.min(520, parent.width - 40)
    }
}
