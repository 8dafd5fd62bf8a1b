/// Invented places.
///
/// The divisions are those of the invented provinces Yunchuan (78) and Jiangyuan (79).
enum PlaceNames {
    struct Division {
        let code: String
        let city: String
        let county: String
        let isUrban: Bool
    }

    static let province = "云川省"
    static let cities = ["云安", "临河", "青屏"]

    static let divisions: [Division] = [
        ("780102", "云安市", "东湖区"), ("780103", "云安市", "西城区"), ("780104", "云安市", "北关区"),
        ("780105", "云安市", "高新区"), ("780121", "云安市", "清河县"), ("780181", "云安市", "石桥市"),
        ("780202", "临河市", "临江区"), ("780203", "临河市", "河东区"), ("780204", "临河市", "城关区"),
        ("780221", "临河市", "平山县"), ("780222", "临河市", "柳林县"), ("780223", "临河市", "白水县"),
        ("780302", "青屏市", "青山区"), ("780303", "青屏市", "屏南区"), ("780321", "青屏市", "金溪县"),
        ("780322", "青屏市", "长岭县"), ("780323", "青屏市", "云峰彝族自治县"), ("780381", "青屏市", "永宁市"),
    ].map { code, city, county in
        Division(code: code, city: city, county: county, isUrban: county.hasSuffix("区"))
    }

    /// Where people who have moved here were registered.
    static let elsewhere = [
        "790102", "790103", "790121", "790181", "790202", "790221", "790281", "790502", "790521",
        "791102", "791121", "791181",
    ]

    static let towns = [
        "城北", "南门", "东岳", "西山", "桃源", "松林", "清泉", "石塘", "大桥", "古渡", "新塘", "凤鸣", "龙津", "云台",
        "花园", "北湖", "荷塘", "高桥", "银杏", "白塔", "望江", "安平",
    ]
    static let roads = [
        "人民", "解放", "建设", "中山", "东风", "和平", "光明", "文昌", "学府", "滨河", "迎春", "长青", "香山", "梅园",
        "公园", "体育", "铁西", "园林", "丰收", "福寿",
    ]
    static let estates = [
        "春江花园", "碧波苑", "听涛居", "金桂小区", "和顺家园", "安康新村", "玉兰苑", "锦绣里", "明珠小区", "松鹤园", "晨光家园",
        "望湖城", "桃李苑", "星河湾", "竹影新村",
    ]
    static let villages = [
        "上河", "下湾", "前岗", "后坪", "柳湾", "石坎", "枣林", "茶山", "沙洲", "高岭", "新庄", "南坡", "北沟", "老街", "双井",
        "大塘",
    ]
    static let companies = [
        "长丰", "同盛", "启明", "润泽", "广源", "和信", "方圆", "海棠", "银河", "正大", "兴隆", "青禾", "九鼎", "万通",
    ]
    static let trades = [
        "建筑有限公司", "商贸有限公司", "食品厂", "机械有限公司", "物流有限公司", "纺织厂", "中心小学", "中学", "医院", "农业合作社",
    ]
}

/// A home, which each department writes in its own way.
struct Address {
    let division: PlaceNames.Division
    let town: String
    /// For homes in a village: village, group and house.
    let village: String?
    let road: String
    let roadNumber: Int
    let estate: String
    let building: Int
    let unit: Int
    let room: Int

    init(random: inout TownRandom) {
        self.init(division: random.pick(PlaceNames.divisions), random: &random)
    }

    init(division: PlaceNames.Division, random: inout TownRandom) {
        self.division = division
        let isVillage = random.hits(perMille: division.isUrban ? 150 : 600)
        let kind = division.isUrban && !isVillage ? "街道" : isVillage ? "乡" : "镇"
        town = random.pick(PlaceNames.towns) + kind
        village = isVillage ? random.pick(PlaceNames.villages) + "村" : nil
        road = random.pick(PlaceNames.roads) + "路"
        roadNumber = random.within(1...280)
        estate = random.pick(PlaceNames.estates)
        building = random.within(1...24)
        unit = random.within(1...4)
        room = random.within(1...18) * 100 + random.within(1...4)
    }

    var isRural: Bool { village != nil }

    /// The home in one of the ways of writing it.
    func text(style: Int) -> String {
        let start =
            switch style % 4 {
            case 0: PlaceNames.province + division.city + division.county
            case 1: division.city + division.county
            default: division.county
            }
        if let village {
            let group = building % 9 + 1
            let place = start + town + village
            return switch style % 3 {
            case 0: place + "\(group)组\(roadNumber)号"
            case 1: place + "第\(group)村民小组"
            default: place + "\(group)社\(roadNumber)号"
            }
        }
        let place = start + (style % 2 == 0 ? town : "") + road + "\(roadNumber)号" + estate
        return switch style % 5 {
        case 0: place + "\(building)号楼\(unit)单元\(room)室"
        case 1: place + "\(building)-\(unit)-\(room)"
        case 2: place + "\(building)栋\(unit)单元\(room)"
        case 3: place + "\(building)幢\(unit)-\(room)室"
        default: place + "\(building)#\(unit)-\(room)"
        }
    }
}
