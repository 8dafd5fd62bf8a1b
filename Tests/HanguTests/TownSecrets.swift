import Foundation
import Testing

extension TestTown {
    /// Every text of the town's residents that may be found nowhere in the clear.
    ///
    /// Texts that stand in the policies, such as the titles of code sets, tell nothing about anybody and are left out.
    func secrets() throws -> Set<Secret> {
        var secrets: Set<Secret> = []
        func add(_ kind: Secret.Kind, _ text: String?, atLeast count: Int) {
            for form in [text ?? "", (text ?? "").filter { !$0.isWhitespace }] {
                guard form.count >= count, !form.contains("\n") else { continue }
                secrets.insert(Secret(kind: kind, text: form))
            }
        }
        func addIdentity(
            name: String?, number: String?, phone: String?, address: String?, id: String?
        ) {
            if (name ?? "").unicodeScalars.contains(where: { $0.value >= 0x3400 }) {
                add(.name, name, atLeast: 2)
            }
            if let number, number.contains(where: \.isNumber) {
                add(.citizenNumber, number, atLeast: 15)
            }
            add(.phone, phone, atLeast: 7)
            add(.address, address, atLeast: 5)
            add(.recordID, id, atLeast: 6)
        }
        for row in try register("residents.csv", encoding: "UTF-8") {
            addIdentity(
                name: row["姓名"], number: row["公民身份号码"], phone: row["联系电话"], address: row["住址"],
                id: row["记录编号"])
            add(.name, row["配偶姓名"], atLeast: 2)
            add(.recordID, row["户编号"], atLeast: 6)
            add(.birthDate, row["出生日期"], atLeast: 8)
        }
        for row in try register("residents_linhe_gb18030.csv", encoding: "GB18030") {
            addIdentity(
                name: row["姓名"], number: row["身份证号"], phone: row["电话"], address: row["地址"],
                id: row["编号"])
        }
        for row in try persons() {
            addIdentity(
                name: row["AAC003"], number: row["AAC002"], phone: row["AAE005"],
                address: row["AAE006"], id: row["AAC001"])
        }
        for patient in try resources("Patient") {
            let name = (patient["name"] as? [[String: Any]])?.first
            let number = (patient["identifier"] as? [[String: Any]])?.first {
                $0["use"] as? String == "official"
            }
            addIdentity(
                name: name?["text"] as? String, number: number?["value"] as? String,
                phone: (patient["telecom"] as? [[String: Any]])?.first?["value"] as? String,
                address: (patient["address"] as? [[String: Any]])?.first?["text"] as? String,
                id: patient["id"] as? String)
            add(.birthDate, patient["birthDate"] as? String, atLeast: 10)
        }
        for condition in try resources("Condition") {
            add(.diagnosis, condition["id"] as? String, atLeast: 6)
            let coding = (condition["code"] as? [String: Any])?["coding"] as? [[String: Any]]
            add(.diagnosis, coding?.first?["display"] as? String, atLeast: 3)
            // As the delivery writes it: the code beside its system names a diagnosis, alone it is anybody's.
            if let code = coding?.first?["code"] as? String {
                add(.diagnosis, "\"code\":\"\(code)\",\"display\"", atLeast: 6)
            }
        }
        return secrets.subtracting(try SecretSearch(secrets).secrets(in: Self.policyBytes()))
    }

    private static func policyBytes() throws -> Data {
        var bytes = Data()
        for name in try FileManager.default.subpathsOfDirectory(atPath: HanguProgram.policies.path)
        where name.hasSuffix(".yaml") || name.hasSuffix(".cedar") || name.hasSuffix(".cedarschema")
        {
            bytes += try Data(
                contentsOf: HanguProgram.policies.appendingPathComponent(name))
        }
        return bytes
    }
}
